@echo off
rem Starts PitBox from this checkout: scripts\run [COMMAND...]; the first start makes the environment it needs.
rem The stamp is a copy of the lock: when both are equal and nothing is unfinished, PitBox starts at once.
setlocal EnableExtensions DisableDelayedExpansion
for %%I in ("%~dp0..") do set "root=%%~fI"
set "venv=%root%\.venv"
set "python=%venv%\Scripts\python.exe"
set "lock=%root%\requirements\pitbox.txt"
set "stamp=%venv%\stamp-run.txt"
set "unfinished=%venv%\unfinished"
set "log=%venv%\install.log"
set "PYTHONPATH="
set "PYTHONHOME="
set "PIP_USER=0"

if not exist "%python%" goto make
if exist "%unfinished%" goto make
rem The Python behind the environment may have been uninstalled or replaced.
"%python%" -c "import pip" >nul 2>&1 || goto make
if not exist "%stamp%" goto refresh
fc /b "%lock%" "%stamp%" >nul 2>&1 || goto refresh

:start
"%python%" -P -m pitbox %*
exit /b %ERRORLEVEL%

:make
set "base="
for %%V in (3.13 3.12 3.11) do if not defined base (
    py -%%V -c "import venv" >nul 2>&1 && set "base=py -%%V"
)
if not defined base (
    python -c "import sys, venv; sys.exit(sys.version_info < (3, 11))" >nul 2>&1 && set "base=python"
)
if not defined base (
    echo PitBox: needs Python 3.11, 3.12 or 3.13 from python.org. Install it, then start again. 1>&2
    exit /b 1
)
if exist "%venv%" echo PitBox: The environment in .venv is unfinished or lost its Python: it is made anew. 1>&2
if exist "%venv%" rmdir /s /q "%venv%"
if exist "%venv%" (
    echo PitBox: The folder "%venv%" is in use. Close what runs from it, then start again. 1>&2
    exit /b 1
)
mkdir "%venv%" && type nul >"%unfinished%"
echo PitBox: Making a Python environment in .venv with %base%. 1>&2
%base% -m venv "%venv%" >"%log%" 2>&1 || goto failed

:refresh
echo PitBox: Installing packages with checked hashes. This takes a minute or two. 1>&2
if exist "%stamp%" del "%stamp%"
type nul >"%unfinished%"
"%python%" -m pip --disable-pip-version-check install --no-input --progress-bar off --only-binary :all: --require-hashes --requirement "%lock%" >"%log%" 2>&1 || goto failed
rem A path file points at the checkout; relative, so that the folder may move.
>"%venv%\Lib\site-packages\pitbox-checkout.pth" echo ..\..\..
copy /b /y "%lock%" "%stamp%" >nul || goto failed
del "%unfinished%"
echo PitBox: Ready. 1>&2
goto start

:failed
echo PitBox: The installation failed. If this machine is offline or its disk is full, mend that and start again. 1>&2
echo PitBox: The whole story: "%log%" 1>&2
exit /b 1
