@echo off
rem Starts Waybill's command line; "waybill --help" lists the commands.
rem JAVA_HOME says which Java, WAYBILL_JVM_OPTS adds options for it.
setlocal EnableDelayedExpansion
for %%i in ("%~dp0..") do set "home=%%~fi"
set "java=java.exe"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"

set "version="
for /f "tokens=3" %%v in ('""%java%" -version 2>&1" ^| findstr /c:" version "') do set "version=%%~v"
if not defined version (
    echo waybill: No Java found, set JAVA_HOME to Java 17 or later or put java on the PATH. 1>&2
    exit /b 1
)
for /f "delims=.-+" %%m in ("%version%") do set "major=%%m"
if %major% LSS 17 (
    echo waybill: %java% is Java %major%, Waybill needs 17 or later. 1>&2
    exit /b 1
)

set "options=-XX:+ExitOnOutOfMemoryError -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
if "%~1"=="start" set "options=-XX:+ExitOnOutOfMemoryError -Xshare:auto -XX:+UseParallelGC -XX:MaxNewSize=96m -Dio.netty.tryReflectionSetAccessible=true"
if %major% GEQ 24 set "options=%options% --sun-misc-unsafe-memory-access=allow"

"%java%" %options% %WAYBILL_JVM_OPTS% "-Dwaybill.home=%home%" -jar "%home%\lib\waybill.jar" %*
exit /b %ERRORLEVEL%
