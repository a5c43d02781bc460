"""The key file of a journal. It holds the key of the journal's hashes, and it is the lock that
keeps a second import out.

The lock is ``flock`` on the open key file. SQLite's own locks are not enough: POSIX drops them as
soon as any program of this process opens and closes the database, as a backup does. ``flock``
belongs to the open file, so that no copy drops it. The kernel drops it when the process ends,
however it ends. Windows has no ``flock``: there SQLite's locks belong to the open file already.
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
    """Another import holds the journal."""


def make_private(path: Path) -> bool:
    """Make an empty file that only its owner can read. Never write through a symbolic link.

    :returns: whether it was made; ``False`` if it was there.
    :raises OSError: it can't be made.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600))
    except FileExistsError:
        return False
    return True


def key_beside(journal: Path) -> Path:
    """The name of the journal's key file."""
    return journal.with_name(journal.name + ".key")


class KeyFile:
    """The key file of ``journal``, open and locked until :meth:`close`.

    :param make: whether to make it if it is missing. Without it, :attr:`held` tells whether there
        is one.
    :raises InUse: another import holds it.
    :raises JournalUnusable: it can't be opened or locked.
    """

    def __init__(self, journal: Path, *, make: bool) -> None:
        self._journal = journal
        self.path = key_beside(journal)
        self._descriptor: int | None = None
        # Whether it was made now, and is locked: then nobody else can have it.
        self._made = False
        try:
            made = make and make_private(self.path)
            self._descriptor = os.open(self.path, os.O_RDWR | _NO_FOLLOW)
        except FileNotFoundError:
            if make:
                raise InUse from None  # another import has just taken its empty key away again
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
            # Not if the file was replaced between opening and locking it.
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
        """The key.

        :param new: whether the journal knows nothing yet: then a missing key is made.
        :raises JournalUnusable: the key is missing, or the file holds something else.
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
                hint="copy the key to its place again, or forget what is in the journal with "
                "restart: then all rows are sent again",
            )
        raise self._unusable("it is not the key of a journal")

    def close(self) -> None:
        """Unlock it. An empty key file that was made in vain is removed."""
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

    def leave_to_parent(self) -> None:
        """Close it in a forked child, where it would stay locked as long as the child lives."""
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
            hint="put a copy of it back, or forget what is in the journal with restart: then all "
            "rows are sent again",
        )


_open: weakref.WeakSet[KeyFile] = weakref.WeakSet()


def _in_forked_child() -> None:
    for file in list(_open):
        file.leave_to_parent()
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_forked_child)
