#!/usr/bin/env python3
"""Drives `lyceum` as scripts do. cli_test.py LYCEUM DOCS_REFERENCE"""
import contextlib, fcntl, json, os, pathlib, pty, resource, select, shutil, signal, socket, sqlite3, stat, struct, subprocess, sys, tempfile, termios, threading, time, unittest

LYCEUM, REFERENCE = sys.argv[1], pathlib.Path(sys.argv[2])
OK, REFUSED, USAGE, UNAVAILABLE, CONFIGURATION = range(5)
OFFSETS = {"sip_tls": 1, "sip_tcp": 2, "sip_udp": 3, "https": 4, "http": 5, "c3p": 6, "turn_udp": 7, "turn_tcp": 8, "metrics": 9, "sip_mtls": 10}


def run(*words, given=""):
    return subprocess.run([LYCEUM, *map(str, words)], input=given, capture_output=True, text=True, timeout=60)


class Deployment(unittest.TestCase):
    PORT_BASE = 30000

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lyceum_cli_"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = self.folder / "d"
        self.config = self.data / "lyceum.toml"
        self.expect(OK, "init", "--data", self.data, "--domain", "contoso.test", "--port-base", self.PORT_BASE)

    def expect(self, code, *words, given=""):
        done = run(*words, given=given)
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        return done

    def do(self, *words, given=""):
        """The JSON result of a command that succeeds."""
        return json.loads(self.expect(OK, "--config", self.config, *words, "--json", given=given).stdout)

    def fails(self, code, error, *words, given=""):
        done = self.expect(code, "--config", self.config, "--json", *words, given=given)
        self.assertEqual(json.loads(done.stdout)["error"]["code"], error)

    def fails_on_a_full_disk(self, *words):
        """Where no file can grow beyond 64 KiB. The error's text."""
        def full():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write fails, as on a full disk
            resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
        done = subprocess.run([LYCEUM, "--config", self.config, "--json", *words], capture_output=True, text=True, timeout=60,
                              preexec_fn=full, restore_signals=False)
        self.assertEqual(done.returncode, UNAVAILABLE, f"{done.stdout}{done.stderr}")
        return json.loads(done.stdout)["error"]["message"]

    def grow(self):
        """A store of more than 64 KiB."""
        file = self.folder / "users.txt"
        file.write_text("".join(f"u{i:04}@contoso.test word\n" for i in range(2000)))
        self.do("user", "import", file)
        self.assertGreater((self.data / "lyceum.db").stat().st_size, 65536)

    def add(self, name):
        return self.do("user", "add", f"sip:{name}@contoso.test", "--display-name", name.title(), "--password-stdin", given="secret\n")

    def names(self):
        return [u["login"] for u in self.do("user", "list")]


class Init(Deployment):
    def test_files_and_their_rights(self):
        for name, rights in {"lyceum.toml": 0o644, "ca.pem": 0o644, "server.pem": 0o644, "ca.key": 0o600, "server.key": 0o600,
                             "sealing.key": 0o600, "lyceum.db": 0o600, "run": 0o700}.items():
            self.assertEqual(stat.S_IMODE((self.data / name).stat().st_mode), rights, name)
        self.assertEqual((self.data / "sealing.key").stat().st_size, 32)

    def test_a_second_one_is_refused(self):
        before = (self.data / "ca.pem").read_text()
        self.expect(REFUSED, "init", "--data", self.data, "--domain", "contoso.test")
        self.assertEqual((self.data / "ca.pem").read_text(), before)

    def test_ports(self):
        self.assertEqual(self.do("ports"), {k: 30000 + o for k, o in OFFSETS.items()})
        self.assertIn("sip_tls", self.expect(OK, "--config", self.config, "ports").stdout)
        other = self.folder / "e"
        self.expect(OK, "init", "--data", other, "--domain", "contoso.test")
        standard = json.loads(self.expect(OK, "--config", other / "lyceum.toml", "ports", "--json").stdout)
        self.assertEqual(standard, {"sip_tls": 5061, "sip_tcp": 5060, "sip_udp": 5060, "https": 8443, "http": 8080, "c3p": 8444,
                                    "turn_udp": 3478, "turn_tcp": 4443, "metrics": 9090, "sip_mtls": 5067})

    def test_usage(self):
        for words in ([], ["fly"], ["init"], ["init", "--data", "x"], ["user"], ["user", "add"], ["user", "list", "--fly"],
                      ["init", "--data", self.folder / "x", "--domain", "a.test", "--port-base", "65526"],
                      ["init", "--data", self.folder / "x", "--domain", "a b"], ["init", "--data", self.folder / "x", "--domain", "a-.test"],
                      ["reference", "nothing"]):
            self.expect(USAGE, *words)
        self.expect(OK, "--help")
        for words, what in ((["fly"], 'command "fly"'), (["user", "ad"], 'command "user ad"'), (["--fly"], 'option "--fly"'),
                            (["--config", "x", "user", "ad", "y"], 'command "user ad"'), (["--config"], "file after --config")):
            self.assertEqual(self.expect(USAGE, *words).stderr, f"lyceum: there is no {what}; see lyceum --help\n")
        self.assertIn("add, import, list, show", self.expect(USAGE).stdout)  # help
        self.assertIn("set-password", self.expect(USAGE, "user").stdout)
        self.assertEqual(self.expect(USAGE, "user", "show").stderr, "lyceum: user is missing; see lyceum --help\n")
        self.assertIn("--config FILE and --json go with every command", self.expect(OK, "trace", "--help").stdout)
        self.assertIn("asked for on a terminal", " ".join(self.expect(OK, "user", "add", "--help").stdout.split()))
        self.expect(OK, "user", "add", "--help")
        self.assertEqual(json.loads(self.expect(OK, "version", "--json").stdout)["version"].count("."), 2)

    def test_a_path_is_not_empty(self):
        for words, what in ((["init", "--data", "", "--domain", "contoso.test"], "--data"), (["--config", "", "user", "list"], "--config"),
                            (["check", "--config", ""], "--config"), (["backup", ""], "folder"), (["restore", ""], "folder"),
                            (["user", "import", ""], "file"), (["trace", "alice@contoso.test", "--pcap", ""], "--pcap")):
            where = [] if what == "--config" else ["--config", self.config]
            self.assertEqual(self.expect(USAGE, *where, *words).stderr, f"lyceum: {what}: must not be empty; see lyceum --help\n")
        for name, words in (("lyceum-client", ["--demo", "", "sign-in"]), ("lyceum-client", ["--ca", "", "sign-in"]),
                            ("lyceum-load", ["--users-file", "", "--server", "127.0.0.1"])):
            done = subprocess.run([pathlib.Path(LYCEUM).parent / name, *words], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, USAGE, done.stderr)
            self.assertIn(f"{words[0]}: must not be empty", done.stderr)

    def test_a_wrong_line_is_json_too(self):
        for code, message, *words in (
                ("unknown_command", 'there is no command "usr"', "usr", "list"), ("unknown_command", 'there is no command "user ad"', "user", "ad", "y"),
                ("usage", "user is missing", "user", "add"), ("usage", "a command is missing", "user"), ("usage", "a command is missing"),
                ("usage", 'there is no option "--fly"', "--fly"), ("usage", "there is no such option or argument: --fly", "user", "list", "--fly"),
                ("usage", "page cannot be x: configuration, ports or commands", "reference", "x")):
            for line in (["--json", *words], [*words, "--json"]):
                done = self.expect(USAGE, *line)
                self.assertEqual(json.loads(done.stdout), {"error": {"code": code, "message": message + "; see lyceum --help"}})
                self.assertEqual(done.stderr, "")

    def test_the_server_says_which_argument_is_wrong(self):
        for words, what in ((["--bogus"], "there is no such argument: --bogus"), (["--config"], "there is no file after --config"),
                            (["--config", ""], "must not be empty: --config"), ([], "an argument is missing: --config FILE")):
            done = subprocess.run([pathlib.Path(LYCEUM).parent / "lyceumd", *words], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout, done.stderr.splitlines()[0]), (USAGE, "", f"lyceumd: {what}"))

    def test_every_program_tells_the_version(self):
        version = self.do("version")["version"]
        for name in ("lyceum", "lyceumd", "lyceum-client", "lyceum-load"):
            done = subprocess.run([pathlib.Path(LYCEUM).parent / name, "--version"], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (OK, f"{name} {version}\n", ""))

    def test_wrong_settings(self):
        none = self.folder / "none.toml"
        self.assertEqual(self.expect(CONFIGURATION, "--config", none, "user", "list").stderr,
                         f"lyceum: {none}: cannot be read: No such file or directory; name the deployment's with --config FILE, "
                         "or make one: lyceum init\n")
        self.config.write_text(self.config.read_text().replace("sip_tls =", "sip_tsl ="))
        done = self.expect(CONFIGURATION, "--config", self.config, "user", "list")
        line = next(n for n, text in enumerate(self.config.read_text().splitlines(), 1) if "sip_tsl" in text)
        self.assertEqual(done.stderr, f"lyceum: {self.config}:{line}: ports.sip_tsl: unknown; did you mean ports.sip_tls?\n")

    def test_pages_of_the_reference_are_current(self):
        for page in ("configuration", "ports", "commands"):
            self.assertEqual((REFERENCE / f"{page}.md").read_text(), self.expect(OK, "reference", page).stdout,
                             f"lyceum reference {page} > docs/reference/{page}.md")


class Users(Deployment):
    def test_a_users_life(self):
        self.assertEqual(self.add("alice"), {"user": "sip:alice@contoso.test", "display_name": "Alice", "login": "alice",
                                             "domain": "contoso.test", "line_uri": "", "mail": "", "enabled": True})
        self.fails(REFUSED, "exists", "user", "add", "alice@contoso.test", "--password-stdin", given="x\n")
        self.do("user", "add", "bob@contoso.test", "--login", "BOB2", "--line-uri", "tel:+4930", "--password-stdin", given="x")
        self.assertEqual(self.names(), ["alice", "bob2"])
        self.assertFalse(self.do("user", "disable", "bob@contoso.test")["enabled"])
        self.assertTrue(self.do("user", "enable", "bob@contoso.test")["enabled"])
        self.assertEqual(self.do("user", "change", "bob@contoso.test", "--mail", "b@c.test")["line_uri"], "tel:+4930")
        self.do("user", "set-password", "bob@contoso.test", "--password-stdin", given="y\n")
        self.assertEqual(self.do("contacts", "show", "bob@contoso.test")["delta_num"], 1)
        self.assertEqual(self.expect(OK, "--config", self.config, "user", "remove", "bob@contoso.test").stdout, "removed sip:bob@contoso.test\n")
        self.fails(REFUSED, "not_found", "user", "show", "bob@contoso.test")
        self.assertIn("Alice", self.expect(OK, "--config", self.config, "user", "list").stdout)

    def test_refusals(self):
        self.fails(REFUSED, "refused", "user", "add", "a@elsewhere.test", "--password-stdin", given="x\n")
        self.fails(USAGE, "usage", "user", "add", "a@contoso.test", "--password-stdin", given="\n")
        self.fails(USAGE, "usage", "user", "add", "a@contoso.test", given="x\n")  # no terminal to ask at
        self.fails(USAGE, "usage", "user", "add", "not an address", "--password-stdin", given="x\n")
        self.assertEqual(self.names(), [])
        self.fails(REFUSED, "not_found", "user", "set-password", "a@contoso.test", "--password-stdin", given="x\n")
        self.add("alice")
        self.fails(USAGE, "usage", "user", "change", "alice@contoso.test")
        self.assertEqual(self.do("user", "change", "alice@contoso.test", "--display-name", "")["display_name"], "")

    def test_what_is_no_text(self):
        for words, given, why in ((["a@contoso.test", "--password-stdin"], b"\xff\n", "the password is not UTF-8"),
                                  (["a@contoso.test", "--display-name", b"\xe4", "--password-stdin"], b"x\n", "the display name is not UTF-8"),
                                  (["a@contoso.test", "--password-stdin"], b"\n", "the password is empty"),
                                  (["a@contoso.test", "--password-stdin"], b"", "there is no password on standard input")):
            done = subprocess.run([LYCEUM, "--config", self.config, "user", "add", *words], input=given, capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr.decode()), (USAGE, f"lyceum: {why}\n"))

    def test_a_file_of_users(self):
        file = self.folder / "users.txt"
        file.write_text("".join(f"u{i:04}@contoso.test word {i}\n" for i in range(3000)))
        self.assertEqual(self.do("user", "import", file), {"added": 3000})
        self.assertEqual(self.names(), [f"u{i:04}" for i in range(3000)])
        file.write_text("user,password,display_name\na@contoso.test,x,A\nu0007@contoso.test,y,B\nc@contoso.test\n")
        done = self.expect(REFUSED, "--config", self.config, "user", "import", file)
        self.assertEqual(done.stderr, f"lyceum: {file}: 2 lines are wrong; nobody was added\n"
                                      "line 3: the address sip:u0007@contoso.test exists already\nline 4: has 1 fields for 3 columns\n")
        done = self.expect(REFUSED, "--config", self.config, "user", "import", "-", "--json", given=file.read_text())
        self.assertEqual(json.loads(done.stdout)["error"], {"code": "refused", "message": "standard input: 2 lines are wrong; nobody was added", "lines": [
            {"line": 3, "why": "the address sip:u0007@contoso.test exists already"}, {"line": 4, "why": "has 1 fields for 3 columns"}], "more_lines": 0})
        done = self.expect(REFUSED, "--config", self.config, "user", "import", "-", given="nobody x\n" * 102)
        self.assertEqual(len(done.stderr.splitlines()), 102)
        self.assertIn("and 2 lines more\n", done.stderr)
        self.assertEqual(self.do("user", "import", "-", given="User;Display Name;Password\nz@contoso.test; Z ;z\n"), {"added": 1})
        self.assertEqual(self.do("user", "show", "z@contoso.test")["display_name"], "Z")
        self.do("user", "remove", "z@contoso.test")
        self.assertEqual(len(self.names()), 3000)
        file.write_bytes(b"a@contoso.test x\nb@contoso.test \xff\n")
        self.assertIn("line 2: is not UTF-8", self.expect(REFUSED, "--config", self.config, "user", "import", file).stderr)
        file.write_text("# nobody\n")
        self.fails(USAGE, "usage", "user", "import", file)
        file.write_bytes(b"#" * (8 << 20))
        self.assertIn("too large", self.expect(REFUSED, "--config", self.config, "user", "import", file).stderr)
        self.fails(REFUSED, "refused", "user", "import", self.folder / "none")
        self.expect(USAGE, "user", "import")

    def test_trusted(self):
        self.do("trusted", "add", "127.0.0.1", "--transport", "udp", "--may-register")
        self.do("trusted", "add", "GW.contoso.test", "--domain", "a.test", "--domain", "b.test", "--port", "5080")
        self.assertEqual(self.do("trusted", "list"), [
            {"host": "127.0.0.1", "transport": "udp", "may_register": True, "domains": [], "ports": []},
            {"host": "gw.contoso.test", "transport": "", "may_register": False, "domains": ["a.test", "b.test"], "ports": [5080]}])
        self.do("trusted", "remove", "127.0.0.1")
        self.fails(REFUSED, "not_found", "trusted", "remove", "127.0.0.1")
        self.fails(USAGE, "usage", "trusted", "add", "127.0.0.1", "--transport", "sctp")

    def test_what_needs_a_server(self):
        for words in (["status"], ["trace", "alice@contoso.test"], ["drain"], ["endpoints", "alice@contoso.test"], ["endpoints"]):
            self.fails(UNAVAILABLE, "not_running", *words)

    def test_a_store_that_somebody_holds(self):
        with open(self.data / "run/lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.fails(UNAVAILABLE, "unavailable", "user", "list")
        self.assertEqual(self.names(), [])

    @unittest.skipUnless(os.geteuid() == 0, "as root only")
    def test_somebody_who_may_not(self):
        """The answer tells whom to be, whatever it is that is closed."""
        def asks(*words):
            done = subprocess.run([program, "--config", self.config, *words], capture_output=True, text=True, timeout=60, user=12345, group=12345)
            self.assertEqual(done.stdout, "")
            return done.returncode, done.stderr
        program = shutil.copy(LYCEUM, self.folder)  # the build may be nobody else's to read, by its folder or its mode
        os.chmod(program, 0o755)
        owner = f"run as the owner of {self.data} (root) or root\n"
        self.folder.chmod(0o755)
        backup = self.folder / "b"
        self.do("backup", backup)
        shutil.copytree(backup, self.folder / "c")
        for path in (self.folder / "c", *(self.folder / "c").iterdir()):
            os.chown(path, 12345, 12345)
        for words in (["user", "list"], ["status"], ["endpoints"], ["trace", "alice@contoso.test"], ["restore", self.folder / "c"]):
            self.assertEqual(asks(*words), (UNAVAILABLE, f"lyceum: {self.data}/run: permission denied: {owner}"))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.data / "run/admin.sock"))
            (self.data / "run/admin.sock").chmod(0o600)
            (self.data / "run").chmod(0o777)
            self.assertEqual(asks("status"), (UNAVAILABLE, f"lyceum: {self.data}/run/admin.sock: permission denied: {owner}"))
        self.data.chmod(0o700)
        self.assertEqual(asks("user", "list"), (CONFIGURATION, f"lyceum: {self.config}: cannot be read: Permission denied; {owner}"))


class Terminals(Deployment):
    """A password is asked for on a terminal, which is played by this test."""

    def setUp(self):
        super().setUp()
        self.keys, self.screen = pty.openpty()
        self.addCleanup(os.close, self.keys)
        self.addCleanup(os.close, self.screen)
        self.shown = ""

    def echoes(self):
        return bool(termios.tcgetattr(self.screen)[3] & termios.ECHO)

    def sees(self, text):
        """Waits until that is on the screen, after what was waited for before."""
        until = time.monotonic() + 30
        while text not in self.shown:
            self.assertTrue(select.select([self.keys], [], [], max(0, until - time.monotonic()))[0], f"{text}: {self.shown}")
            self.shown += os.read(self.keys, 4096).decode()
        self.shown = self.shown.split(text, 1)[1]

    def at_the_terminal(self, *job):
        started = subprocess.Popen(job, stdin=self.screen, stdout=self.screen, stderr=self.screen, start_new_session=True,
                                   preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.addCleanup(started.wait, 30)
        self.addCleanup(started.kill)
        return started

    def begin(self, *before):
        """`lyceum user add` at the terminal as far as its question; as a shell's words, if any."""
        started = self.at_the_terminal(*before, LYCEUM, "--config", str(self.config), "user", "add", "alice@contoso.test")
        self.sees("Password: ")
        self.assertFalse(self.echoes())
        return started

    def test_a_password_does_not_show(self):
        asked = self.begin()
        os.write(self.keys, b"secret\n")
        self.sees("Again: ")
        os.write(self.keys, b"secret\n")
        self.sees("alice@contoso.test")
        self.assertEqual(asked.wait(30), OK)
        self.assertNotIn("secret", self.shown)
        self.assertTrue(self.echoes())

    def test_nobody_is_asked_for_the_password_of_nobody(self):
        asked = self.at_the_terminal(LYCEUM, "--config", str(self.config), "user", "set-password", "bob@contoso.test")
        self.sees("there is no user sip:bob@contoso.test")
        self.assertEqual(asked.wait(30), REFUSED)

    def test_whatever_ends_the_question_the_terminal_is_as_before(self):
        for number, key in ((signal.SIGINT, b"\x03"), (signal.SIGQUIT, b"\x1c"), (signal.SIGTERM, None), (signal.SIGHUP, None)):
            with self.subTest(number):
                asked = self.begin()
                os.write(self.keys, b"half" + key) if key else asked.send_signal(number)
                self.assertEqual(asked.wait(30), -number)
                self.assertTrue(self.echoes())
        self.assertEqual(self.names(), [])

    def test_a_question_can_be_stopped_and_gone_on_with(self):
        self.begin("sh", "-c", 'set -m; "$@"; echo "left $?"; read word; fg; echo "done $?"', "sh")
        os.write(self.keys, b"\x1a")
        self.sees(f"left {128 + signal.SIGTSTP}")
        self.assertTrue(self.echoes())
        os.write(self.keys, b"word\n")
        for _ in range(100):
            if not self.echoes():
                break
            time.sleep(0.1)
        self.assertFalse(self.echoes())
        os.write(self.keys, b"secret\n")
        self.sees("Again: ")
        os.write(self.keys, b"secret\n")
        self.sees("done 0")
        self.assertTrue(self.echoes())


class Backups(Deployment):
    def test_there_and_back(self):
        self.add("alice")
        backup = self.folder / "b"
        self.do("backup", backup)
        self.assertEqual(stat.S_IMODE(backup.stat().st_mode), 0o700)
        self.fails(REFUSED, "exists", "backup", backup)
        self.add("bob")
        before = {p.name: p.read_bytes() for p in self.data.iterdir() if p.is_file() and p.name != "lyceum.db"}
        (self.data / "sealing.key").write_bytes(b"k" * 32)
        kept = self.do("restore", backup)["kept"]
        self.assertEqual(self.names(), ["alice"])
        names = ["lyceum.db", "lyceum.toml", "sealing.key", "server.key", "server.pem", "ca.key", "ca.pem"]
        self.assertEqual(sorted(kept), sorted(str(self.data / f"{name}.replaced") for name in names))
        self.assertEqual((self.data / "sealing.key.replaced").read_bytes(), b"k" * 32)
        for name, octets in before.items():
            self.assertEqual((self.data / name).read_bytes(), octets, name)
        self.assertIn(str(self.data / "sealing.key.replaced-2"), self.do("restore", backup)["kept"])
        self.assertEqual((self.data / "sealing.key.replaced").read_bytes(), b"k" * 32)
        self.assertEqual((self.data / "sealing.key").stat().st_nlink, 1)

        elsewhere = self.folder / "e/lyceum.toml"  # on a machine that has nothing
        self.expect(OK, "--config", elsewhere, "restore", backup)
        self.config = elsewhere
        self.assertEqual(self.names(), ["alice"])
        self.assertEqual(stat.S_IMODE((elsewhere.parent / "sealing.key").stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(elsewhere.parent.stat().st_mode), 0o750)

    @unittest.skipUnless(os.geteuid() == 0, "as root only")
    def test_what_root_makes_is_the_owners(self):
        backup = self.folder / "b"
        self.do("backup", backup)
        for path in (self.data, *self.data.rglob("*")):
            os.chown(path, 12345, 12346)
        shutil.rmtree(self.data / "run")
        self.add("alice")
        self.do("certificate", "renew")
        self.do("restore", backup)
        self.names()
        for path in self.data.rglob("*"):
            self.assertEqual((path.stat().st_uid, path.stat().st_gid), (12345, 12346), path)

    def test_a_damaged_backup_changes_nothing(self):
        self.add("alice")
        for damaged in ("lyceum.db", "sealing.key", "backup.json"):
            backup = self.folder / f"b_{damaged}"
            self.do("backup", backup)
            with open(backup / damaged, "r+b") as f:
                f.seek(10)
                f.write(b"\xff\xff")
            self.fails(REFUSED, "refused", "restore", backup)
        self.fails(REFUSED, "refused", "restore", self.folder)
        self.assertEqual(self.names(), ["alice"])

    def test_one_that_fails_leaves_nothing_behind(self):
        empty, taken = self.folder / "empty", self.folder / "taken"
        empty.mkdir()
        taken.mkdir()
        for name in ("ca.pem", "lyceum.db"):
            (taken / name).write_text("mine")
        (self.data / "server.pem").unlink()
        for backup, code, error in ((self.folder / "new", UNAVAILABLE, "unavailable"), (self.folder / "a/b/c", UNAVAILABLE, "unavailable"),
                                    (empty, UNAVAILABLE, "unavailable"), (empty / "c", UNAVAILABLE, "unavailable"), (taken, REFUSED, "exists")):
            self.fails(code, error, "backup", backup)
            self.assertEqual({p.name for p in self.folder.iterdir()}, {"d", "empty", "taken"}, backup)
            self.assertEqual(list(empty.iterdir()), [], backup)
        self.assertEqual({p.name: p.read_text() for p in taken.iterdir()}, {"ca.pem": "mine", "lyceum.db": "mine"})

    def test_one_on_a_full_disk_leaves_nothing_behind_and_names_the_disk(self):
        self.grow()
        for backup in (self.folder / "new", self.folder / "small/bk", self.folder / "small"):
            self.assertEqual(self.fails_on_a_full_disk("backup", backup), f"{backup}/lyceum.db: File too large")
            self.assertEqual({p.name for p in self.folder.iterdir()}, {"d", "users.txt"}, backup)

    def test_a_folder_that_is_there_is_made_private(self):
        for name in ("open", "shut"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o755)
        self.do("backup", self.folder / "open")
        self.assertEqual(stat.S_IMODE((self.folder / "open").stat().st_mode), 0o700)
        (self.data / "server.pem").unlink()
        self.fails(UNAVAILABLE, "unavailable", "backup", self.folder / "shut")
        self.assertEqual(stat.S_IMODE((self.folder / "shut").stat().st_mode), 0o755)  # as if nothing had been

    def test_a_restore_on_a_full_disk_changes_nothing_and_names_the_disk(self):
        self.grow()
        backup = self.folder / "b"
        self.do("backup", backup)
        self.add("zoe")
        before = {p: p.read_bytes() for p in self.data.rglob("*") if p.is_file() and p.name != "lock"}
        why = f"{self.data}/lyceum.db.new: File too large; nothing was changed"
        self.assertEqual(self.fails_on_a_full_disk("restore", backup), why)
        self.assertEqual({p: p.read_bytes() for p in self.data.rglob("*") if p.is_file() and p.name != "lock"}, before)
        self.assertIn("zoe", self.names())
        self.config = self.folder / "e/f/lyceum.toml"  # on a machine that has nothing
        self.assertIn("lyceum.db.new: File too large", self.fails_on_a_full_disk("restore", backup))
        self.assertFalse((self.folder / "e").exists())

    def test_a_restore_of_which_one_file_cannot_be_written_changes_nothing(self):
        self.config.write_text(self.config.read_text().replace('"server.pem"', '"tls/server.pem"'))
        (self.data / "tls").mkdir()
        (self.data / "server.pem").rename(self.data / "tls/server.pem")
        backup = self.folder / "b"
        self.do("backup", backup)
        (self.data / "tls/server.pem").rename(self.data / "server.pem")
        (self.data / "tls").rmdir()
        before = {p: p.read_bytes() for p in self.data.rglob("*") if p.is_file() and p.name != "lock"}
        done = self.expect(UNAVAILABLE, "--config", self.config, "restore", backup)
        self.assertEqual(done.stderr, f"lyceum: {self.data}/tls/server.pem.new: No such file or directory; nothing was changed\n")
        self.assertEqual({p: p.read_bytes() for p in self.data.rglob("*") if p.is_file() and p.name != "lock"}, before)

    def test_a_log_of_the_replaced_store_is_kept_with_it(self):
        backup = self.folder / "b"
        self.do("backup", backup)
        files = [self.data / "lyceum.db", self.data / "lyceum.db-wal"]
        with contextlib.closing(sqlite3.connect(files[0])) as store:
            store.execute("CREATE TABLE mark (x)")
            store.commit()
            crashed = [f.read_bytes() for f in files]
        for file, octets in zip(files, crashed):
            file.write_bytes(octets)
        self.assertIn(str(self.data / "lyceum.db.replaced-wal"), self.do("restore", backup)["kept"])
        self.assertEqual(self.names(), [])
        with contextlib.closing(sqlite3.connect(self.data / "lyceum.db.replaced")) as store:
            self.assertEqual(store.execute("SELECT * FROM mark").fetchall(), [])

    def test_not_over_itself(self):
        backup = self.folder / "b"
        self.do("backup", backup)
        before = sorted(p.name for p in backup.iterdir())
        done = subprocess.run([os.path.abspath(LYCEUM), "restore", "."], cwd=backup, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
        self.assertIn("is the backup's own", done.stderr)
        self.assertEqual(sorted(p.name for p in backup.iterdir()), before)

    def test_not_under_a_server(self):
        backup = self.folder / "b"
        self.do("backup", backup)
        with open(self.data / "run/lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.fails(UNAVAILABLE, "unavailable", "restore", backup)


class Check(Deployment):
    def levels(self, code):
        done = self.expect(code, "--config", self.config, "check", "--json")
        return {(f["level"], f["area"]) for f in json.loads(done.stdout)}

    def test_a_fresh_deployment_is_well(self):
        found = self.levels(OK)
        for area in ("settings", "store", "keys", "certificate", "ports"):
            self.assertIn(("ok", area), found)
        self.assertIn(("note", "dns"), found)

    def test_a_key_that_is_not_the_stores(self):
        self.add("alice")
        self.assertNotIn(("error", "keys"), self.levels(OK))
        (self.data / "sealing.key").write_bytes(b"k" * 32)
        self.assertIn(("error", "keys"), self.levels(REFUSED))

    @unittest.skipUnless(os.geteuid() == 0, "as root only")
    def test_whether_the_owner_can_write_the_log(self):
        logs = self.folder / "logs"
        logs.mkdir()
        log = logs / "l.log"
        os.chown(self.data, 12345, 12346)
        self.config.write_text(self.config.read_text().replace('file = ""', f'file = "{log}"'))
        def found():
            done = run("--config", self.config, "check", "--json")
            return next((f["level"], f["text"]) for f in json.loads(done.stdout) if f["area"] == "log")
        owner = f"user 12345, the owner of {self.data}"
        refused = f"{owner}, may not write there; the server starts only where it can write its log"
        self.assertEqual(found(), ("warning", f"{logs}: {refused}"))
        os.chown(logs, 12345, 0)
        self.assertEqual(found(), ("ok", f"{log} will be made by {owner}"))
        log.touch(0o640)
        self.assertEqual(found(), ("warning", f"{log}: {refused}"))
        os.chown(log, 0, 12346)
        log.chmod(0o660)
        self.assertEqual(found(), ("ok", f"{log} can be written by {owner}"))

    def test_errors(self):
        os.chmod(self.data / "sealing.key", 0o644)
        self.assertIn(("error", "keys"), self.levels(REFUSED))
        os.chmod(self.data / "sealing.key", 0o600)
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("0.0.0.0", 30001))
            s.listen()
            self.assertIn(("error", "ports"), self.levels(REFUSED))
        (self.data / "lyceum.db").write_bytes(b"x" * 8192)
        self.assertIn(("error", "store"), self.levels(REFUSED))


class Daemon(Deployment):
    """With a real lyceumd."""
    PORT_BASE = 20000 + os.getpid() % 800 * 11

    def lyceumd(self, *before):
        """Its process; what it says on standard error goes to self.said."""
        self.said = self.folder / "said"
        with open(self.said, "a") as said:
            process = subprocess.Popen([*before, pathlib.Path(LYCEUM).parent / "lyceumd", "--config", self.config],
                                       stdout=subprocess.PIPE, stderr=said, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.kill)
        return process

    def start(self, *before):
        process = self.lyceumd(*before)
        self.assertEqual(process.stdout.readline(), "lyceum: ready\n", self.said.read_text())
        return process

    def http(self, request):
        with socket.create_connection(("127.0.0.1", self.PORT_BASE + OFFSETS["metrics"]), 30) as s:
            s.sendall(f"{request} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
            return b"".join(iter(lambda: s.recv(65536), b"")).decode()

    def metric(self, name):
        """Summed over shards."""
        return sum(float(line.split()[-1]) for line in self.http("GET /metrics").splitlines() if line.startswith(name))

    def test_a_key_that_is_not_the_stores(self):
        self.add("alice")
        (self.data / "sealing.key").write_bytes(b"k" * 32)
        self.assertEqual(self.lyceumd().wait(30), 1)
        self.assertEqual(self.said.read_text(), f"lyceumd: {self.data}/sealing.key does not open the password of sip:alice@contoso.test: "
                                                "put the right key back, or set every password anew\n")
        self.add("bob")  # with the new key
        found = json.loads(self.expect(OK, "--config", self.config, "check", "--json").stdout)
        self.assertIn(("warning", "keys"), {(f["level"], f["area"]) for f in found})
        self.start()
        self.assertIn("sealing_key_refused", self.said.read_text())
        self.assertEqual(self.metric("lyceum_sipstack_sign_ins_unavailable_total"), 0)
        for name, code in (("alice", 4), ("bob", 0)):
            done = subprocess.run([pathlib.Path(LYCEUM).parent / "lyceum-client", "--server", f"127.0.0.1:{self.PORT_BASE + 1}",
                                   "--ca", self.data / "ca.pem", "--user", f"sip:{name}@contoso.test", "--password-stdin", "endpoints"],
                                  input="secret\n", capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(self.metric("lyceum_sipstack_sign_ins_unavailable_total"), 1)

    def test_check_knows_the_limit_of_the_server(self):
        limits = lambda: next(f["text"] for f in json.loads(run("--config", self.config, "check", "--json").stdout) if f["area"] == "limits")
        self.assertIn(f"{resource.getrlimit(resource.RLIMIT_NOFILE)[1]} descriptors allowed (this shell's limit)", limits())
        self.start("sh", "-c", 'ulimit -n 777; exec "$@"', "sh")
        self.assertIn("777 descriptors allowed (the running server's limit)", limits())
        self.assertEqual(self.do("status")["descriptors_allowed"], 777)

    def test_reload_tells_what_it_could_not_do(self):
        def change(old, new):
            text = self.config.read_text()
            self.assertIn(old, text)
            self.config.write_text(text.replace(old, new))
        (self.data / "logs").mkdir()
        change('file = ""', 'file = "logs/l.log"')
        self.start()
        self.assertEqual(self.do("reload"), {"reloaded": True, "needs_restart": []})
        change("max_endpoints = 8", "max_endpoints = 7")
        change(f"sip_tls = {self.PORT_BASE + 1}", f"sip_tls = {self.PORT_BASE + 11}")
        change('level = "info"', 'level = "debug"')
        self.assertEqual(self.expect(OK, "--config", self.config, "reload").stdout, "reloaded\nneeds a restart: ports.sip_tls, sip.max_endpoints\n")
        (self.data / "logs").rename(self.data / "old")
        for why in ("No such file or directory", "Is a directory"):
            done = self.expect(REFUSED, "--config", self.config, "reload")
            self.assertEqual(done.stderr, f"lyceum: cannot write the log {self.data}/logs/l.log: {why}; it goes on in the old file\n")
            (self.data / "logs/l.log").mkdir(parents=True, exist_ok=True)
        log = self.data / "old/l.log"
        until = time.monotonic() + 30
        while log.read_text().count('"not_reloaded"') < 2 and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(log.read_text().count('"not_reloaded"'), 2)
        self.assertIn('"settings":"ports.sip_tls, sip.max_endpoints"', log.read_text())
        self.assertEqual(self.do("status")["connections"], 0)

    def test_how_many_users_there_are(self):
        self.add("alice")
        self.start()
        self.assertEqual(self.do("status")["users"], 1)
        self.add("bob")
        self.assertEqual(self.do("status")["users"], 2)

    def test_ways_to_ask_for_metrics(self):
        self.start()
        for request, status, has_body in (("GET /metrics", 200, True), ("GET /metrics?x=y", 200, True), ("HEAD /metrics", 200, False), ("HEAD /metrics?", 200, False),
                                          ("GET /metrics2", 404, True), ("HEAD /", 404, False), ("POST /metrics", 404, True)):
            head, body = self.http(request).split("\r\n\r\n", 1)
            self.assertTrue(head.startswith(f"HTTP/1.1 {status} "), f"{request}: {head}")
            length = int(next(line.split()[1] for line in head.splitlines() if line.startswith("Content-Length:")))
            self.assertGreater(length, 0, request)
            self.assertEqual(len(body), length if has_body else 0, request)


class Server(Deployment):
    """A server's end of the socket, played by this test."""

    def setUp(self):
        super().setUp()
        self.listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.listener.close)
        self.listener.bind(str(self.data / "run/admin.sock"))
        self.listener.listen()

    def play(self, *answers, then=None):
        """Answers one connection's request; `heard` has the request afterwards."""
        def serve():
            connection, _ = self.listener.accept()
            with connection, connection.makefile("rwb") as lines:
                self.heard = json.loads(lines.readline())
                for a in answers:
                    lines.write(a.encode() + b"\n")
                lines.flush()
                if then:
                    then.wait(30)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        return thread

    def test_commands_go_through_it(self):
        self.play('{"ok":true,"result":{"connections":3}}')
        self.assertEqual(self.do("status"), {"connections": 3})
        self.play('{"ok":false,"error":{"code":"exists","message":"no"}}')
        self.fails(REFUSED, "exists", "user", "add", "a@contoso.test", "--disabled", "--password-stdin", given="pw\n")
        self.assertEqual(self.heard, {"command": "user add", "arguments": {"user": "sip:a@contoso.test", "password": "pw", "disabled": True}})

    def test_a_server_that_goes_away(self):
        self.play()
        self.fails(UNAVAILABLE, "unavailable", "status")
        self.play("nonsense")
        self.fails(UNAVAILABLE, "unavailable", "status")

    def test_trace(self):
        message = {"time": "2024-05-01T12:00:00.123Z", "direction": "in", "peer": "192.0.2.1:40000", "local": "192.0.2.2:5061",
                   "transport": "tls", "text": "OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n"}
        capture = self.folder / "c.pcap"
        over = threading.Event()
        self.play('{"ok":true,"result":{}}', json.dumps(message), then=over)
        tracer = subprocess.Popen([LYCEUM, "--config", self.config, "trace", "alice@contoso.test", "--pcap", capture],
                                  stdout=subprocess.PIPE, text=True)
        lines = [tracer.stdout.readline() for _ in range(3)]
        self.assertEqual(lines, ["2024-05-01T12:00:00.123Z  <<<  192.0.2.1:40000 tls\n", "OPTIONS sip:a SIP/2.0\n", "CSeq: 1 OPTIONS\n"])
        for _ in range(100):  # the record follows the text
            if capture.stat().st_size > 24:
                break
            time.sleep(0.05)
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)
        self.assertEqual(tracer.returncode, OK)
        over.set()
        octets = capture.read_bytes()
        self.assertEqual(struct.unpack("<IHHIIII", octets[:24]), (0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        self.assertTrue(octets.endswith(message["text"].encode()))
        self.assertEqual(self.heard["arguments"], {"user": "sip:alice@contoso.test"})

        self.play('{"ok":true,"result":{}}', json.dumps(message))  # ... and the server stops
        done = self.expect(UNAVAILABLE, "--config", self.config, "trace", "alice@contoso.test", "--json")
        self.assertEqual(json.loads(done.stdout.splitlines()[0]), message)

    def trace(self, text, *words):
        """What the tracer prints of one message; the server ends it."""
        message = {"time": "2024-05-01T12:00:00.123Z", "direction": "in", "peer": "192.0.2.1:40000", "local": "192.0.2.2:5061",
                   "transport": "tls", "text": text}
        self.play('{"ok":true,"result":{}}', json.dumps(message))
        return self.expect(UNAVAILABLE, "--config", self.config, "trace", "alice@contoso.test", *words).stdout

    def test_a_traced_body_moves_no_cursor(self):
        shown = self.trace("MESSAGE sip:a SIP/2.0\r\n\r\n\x1b]0;title\x07\x1b[2J\x9b1mcaf\u00e9\tend")
        self.assertEqual(shown.splitlines()[1:], ["MESSAGE sip:a SIP/2.0", "", "]0;title[2J1mcaf\u00e9\tend", ""])

    def test_a_listed_agent_moves_no_cursor(self):
        self.play(json.dumps({"ok": True, "result": [{"epid": "e", "agent": "UC\x1b[2J", "peer": "p", "expires_seconds": 1}]}))
        self.assertIn("UC[2J", self.expect(OK, "--config", self.config, "endpoints", "alice@contoso.test").stdout)

    def test_pages_of_endpoints_are_one_list(self):
        alice, bob = ({"user": f"sip:{name}@contoso.test", "epid": "e", "agent": "UC", "peer": "p", "expires_seconds": 1} for name in ("alice", "bob"))
        pages = [{"endpoints": [alice], "next": "sip:b@contoso.test"}, {"endpoints": [], "next": "sip:b@d.test"}, {"endpoints": [bob]}]
        heard = []

        def serve():
            for page in pages:
                connection, _ = self.listener.accept()
                with connection, connection.makefile("rwb") as lines:
                    heard.append(json.loads(lines.readline())["arguments"])
                    lines.write(json.dumps({"ok": True, "result": page}).encode() + b"\n")

        threading.Thread(target=serve, daemon=True).start()
        self.assertEqual(self.do("endpoints"), [alice, bob])
        self.assertEqual(heard, [{}, {"after": "sip:b@contoso.test"}, {"after": "sip:b@d.test"}])
        self.play('{"ok":true,"result":[]}')
        self.fails(UNAVAILABLE, "unavailable", "endpoints")

    def test_a_capture_is_private(self):
        capture = self.folder / "c.pcap"
        capture.write_bytes(b"x" * 100000)
        capture.chmod(0o644)
        self.trace("OPTIONS sip:a SIP/2.0\r\n\r\n", "--pcap", capture)
        self.assertEqual(stat.S_IMODE(capture.stat().st_mode), 0o600)
        self.assertLess(capture.stat().st_size, 1000)
        link = self.folder / "link.pcap"
        link.symlink_to(self.folder / "elsewhere")
        folder = self.folder / "folder.pcap"
        folder.mkdir()
        for path, why in ((link, "is a symbolic link; a capture goes to a file"), (folder, "Is a directory"), ("/dev/null", "is no file")):
            self.play()
            done = self.expect(REFUSED, "--config", self.config, "trace", "alice@contoso.test", "--pcap", path)
            self.assertEqual(done.stderr, f"lyceum: {path}: {why}\n")
        self.assertFalse((self.folder / "elsewhere").exists())
        self.assertNotEqual(stat.S_IMODE(os.stat("/dev/null").st_mode), 0o600)

    @unittest.skipUnless(os.geteuid() == 0, "as root only")
    def test_a_capture_goes_to_no_file_of_others(self):
        capture = self.folder / "c.pcap"
        capture.touch()
        os.chown(capture, 12345, 12346)
        self.play()
        done = self.expect(REFUSED, "--config", self.config, "trace", "alice@contoso.test", "--pcap", capture)
        self.assertIn("belongs to somebody else", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
