// Sends a durable message to a queue and receives it: needs "npm install rhea".
const url = new URL(process.argv[2] || "amqp://127.0.0.1:5672");
const container = require("rhea");

container.on("sendable", (context) => {
  context.sender.send({ body: "hello from JavaScript", durable: true });
  context.sender.close();
});
container.on("message", (context) => {
  console.log(context.message.body);
  context.delivery.accept();
  context.connection.close();
});
const connection = container.connect({ host: url.hostname, port: Number(url.port), reconnect: false });
connection.open_sender("orders");
connection.open_receiver({ source: "orders", autoaccept: false });
