"""A virtual screen with Pidgin on it."""

import os
import pathlib
import subprocess
import time

from harness.server import DOMAIN, PASSWORDS

_ACCOUNTS = """<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'>
 <account>
  <protocol>prpl-sipe</protocol>
  <name>{user}@{domain}</name>
  <password>{password}</password>
  <statuses>
   <status type='available' name='Available' active='true'><attributes/></status>
  </statuses>
  <settings>
   <setting name='server' type='string'>{server}</setting>
   <setting name='transport' type='string'>tls</setting>
   <setting name='authentication' type='string'>ntlm</setting>
  </settings>
  <settings ui='gtk-gaim'><setting name='auto-login' type='bool'>1</setting></settings>
 </account>
</account>
"""

_PREFERENCES = """<?xml version='1.0' encoding='UTF-8' ?>
<pref version='1' name='/'>
 <pref name='pidgin'>
  <pref name='blist'>
   <pref name='show_offline_buddies' type='bool' value='1'/>
   <pref name='list_visible' type='bool' value='1'/>
   <pref name='show_empty_groups' type='bool' value='1'/>
  </pref>
  <pref name='sound'><pref name='mute' type='bool' value='1'/></pref>
  <pref name='conversations'><pref name='im'><pref name='hide_new' type='string' value='never'/></pref></pref>
 </pref>
 <pref name='purple'>
  <pref name='network'>
   <pref name='auto_ip' type='bool' value='0'/>
   <pref name='map_ports' type='bool' value='0'/>
  </pref>
  <pref name='away'><pref name='idle_reporting' type='string' value='none'/></pref>
 </pref>
</pref>
"""


def write_purple_folder(folder, user, server):
    """What Pidgin finds at its first start: one account that signs in by itself."""
    folder.mkdir(parents=True)
    (folder / "accounts.xml").write_text(_ACCOUNTS.format(user=user, domain=DOMAIN, password=PASSWORDS[user],
                                                          server=server))
    (folder / "prefs.xml").write_text(_PREFERENCES)


class DesktopError(AssertionError):
    pass


class Desktop:
    """One screen and one Pidgin, both on the given machine."""

    def __init__(self, world, machine, home, cure):
        self.machine = machine
        self.scratch = world.scratch
        self.images = pathlib.Path(world.options.images or world.scratch)
        self.images.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.cure = pathlib.Path(cure).resolve()
        self.pidgin = None
        number_out, number_in = os.pipe()
        argv = ["Xvfb", "-displayfd", str(number_in), "-screen", "0", "960x570x24", "-nolisten", "tcp"]
        with open(self.scratch / "screen.log", "w") as log:
            self.screen = subprocess.Popen(machine.command(argv), pass_fds=[number_in], stdout=log, stderr=log)
        os.close(number_in)
        with os.fdopen(number_out) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise DesktopError("Xvfb did not start")
        self.environment = {**os.environ, "DISPLAY": f":{number}", "HOME": str(home), "LC_ALL": "C.UTF-8",
                            "NO_AT_BRIDGE": "1", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}

    def _tool(self, *argv, check=True):
        done = subprocess.run(self.machine.command(argv), env=self.environment, capture_output=True, text=True,
                              timeout=30)
        if check and done.returncode != 0:
            raise DesktopError(f"{argv}: {done.stdout}{done.stderr}")
        return done.stdout.split()

    def start_pidgin(self):
        with open(self.scratch / "pidgin.log", "w") as log:
            self.pidgin = subprocess.Popen(self.machine.command(["pidgin", "--debug", "--multiple"]),
                                           env={**self.environment, "LD_PRELOAD": str(self.cure),
                                                "PURPLE_UNSAFE_DEBUG": "1", "PURPLE_VERBOSE_DEBUG": "1"},
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _windows(self, name):
        return self._tool("xdotool", "search", "--onlyvisible", "--name", name, check=False)

    def wait_for_window(self, name, timeout=20):
        end = time.monotonic() + timeout
        while not self._windows(name):
            if self.pidgin.poll() is not None:
                raise DesktopError(f"Pidgin ended with {self.pidgin.returncode}")
            if time.monotonic() > end:
                raise DesktopError(f"no window {name!r} within {timeout} s")
            time.sleep(0.25)
        return self._windows(name)[0]

    def place(self, name, x, y, width, height):
        window = self.wait_for_window(name)
        self._tool("xdotool", "windowmove", window, x, y, "windowsize", window, width, height)

    def type(self, name, text):
        """Types a line into the window, as its user would."""
        window = self.wait_for_window(name)
        self._tool("xdotool", "windowfocus", "--sync", window)
        time.sleep(0.5)
        self._tool("xdotool", "type", "--delay", "30", text)
        self._tool("xdotool", "key", "Return")

    def settle(self):
        """Somebody who has just come is shown with a door for ten seconds."""
        time.sleep(11)

    def picture(self, file, name=None):
        window = self.wait_for_window(name) if name else "root"
        self._tool("import", "-window", window, self.images / file)

    def stop(self):
        for process in (self.pidgin, self.screen):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
