"""The key file of a journal: it contains the key of the journal's hashes, and serves as the lock.

The lock is ``flock`` on the open key file. It keeps a second import from using the journal.
SQLite's own locks are not enough: POSIX releases them as soon as any code in this process opens and
closes the database, for example to copy it. ``flock`` is released only when the key file is closed
or the process ends. Windows has no ``flock`` and does not need it, since its locks belong to the
open file.
"""

from __future__ import annotations

import errno
import os
import weakref
from pathlib import Path

from ..errors import JournalUnusable

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: Bytes of a key.
_KEY = 32
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


class InUse(Exception):
    """Another import is using the journal."""


def make_private(path: Path) -> bool:
    """Create an empty file that only its owner can read. Symbolic links are not followed.

    :returns: whether the file was created; ``False`` if it existed.
    :raises OSError: the file can't be created.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600))
    except FileExistsError:
        return False
    return True


def key_beside(journal: Path) -> Path:
    """Return the path of the journal's key file."""
    return journal.with_name(journal.name + ".key")


class KeyFile:
    """The key file of ``journal``, open and locked until :meth:`close`.

    :param make: whether to create the file if it is missing.
    :raises InUse: another import has locked it.
    :raises JournalUnusable: the file can't be opened or locked.
    """

    def __init__(self, journal: Path, *, make: bool) -> None:
        self._journal = journal
        self.path = key_beside(journal)
        self._descriptor: int | None = None
        # Whether this object created the file and has locked it, so no other import uses it.
        self._made = False
        try:
            made = make and make_private(self.path)
            self._descriptor = os.open(self.path, os.O_RDWR | _NO_FOLLOW)
        except FileNotFoundError:
            if make:
                raise InUse from None  # another import has just deleted its empty key file
            return
        except OSError as error:
            raise self._unusable(error.strerror) from None
        _open.add(self)
        try:
            self._lock(self._descriptor)
        except BaseException:
            self.close()
            raise
        self._made = made

    def _lock(self, descriptor: int) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The lock is useless if the file was replaced between opening and locking it.
            is_there = os.path.samestat(os.fstat(descriptor), self.path.lstat())
        except (BlockingIOError, FileNotFoundError):
            is_there = False
        except OSError as error:
            why = error.strerror
            if error.errno in _NO_LOCKS:
                why = "this file system has no locks; keep the journal on a local disk"
            raise self._unusable(why) from None
        if not is_there:
            raise InUse

    def key(self, *, new: bool) -> bytes:
        """Return the key.

        :param new: whether the journal is empty. A missing key is then created.
        :raises JournalUnusable: the key is missing, or the file contains something else.
        """
        try:
            content = self._read()
            if new and not content:
                content = os.urandom(_KEY)
                self._write(content)
        except OSError as error:
            raise self._unusable(error.strerror) from None
        if len(content) == _KEY:
            return content
        if self._made:
            raise JournalUnusable(
                f"the journal {self._journal} has lost its key {self.path}",
                hint="copy the key file back, or start over with restart, which sends all rows "
                "again",
            )
        raise self._unusable("it is not the key of a journal")

    def close(self) -> None:
        """Unlock and close the file. An empty file that was created here is removed."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        _open.discard(self)
        try:
            if self._made and not os.fstat(descriptor).st_size:
                self.path.unlink(missing_ok=True)
        except OSError:
            pass  # an empty key file does no harm
        finally:
            os.close(descriptor)

    def close_in_child(self) -> None:
        """Close the file in a forked child, which would otherwise keep it locked."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _read(self) -> bytes:
        if self._descriptor is None:
            return b""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return os.read(self._descriptor, _KEY + 1)

    def _write(self, key: bytes) -> None:
        if self._descriptor is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, key)
        os.fsync(self._descriptor)

    def _unusable(self, why: str | None) -> JournalUnusable:
        if self.path.is_symlink():
            why = "it is a symbolic link"
        return JournalUnusable(
            f"the journal's key {self.path} can't be used: {why}",
            hint="restore the key file from a copy, or start over with restart, which sends all "
            "rows again",
        )


_open: weakref.WeakSet[KeyFile] = weakref.WeakSet()


def _in_forked_child() -> None:
    for file in list(_open):
        file.close_in_child()
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_forked_child)
