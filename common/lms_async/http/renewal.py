"""Get new credentials for an account when the vendor refuses those that it has.

Two kinds of credentials can be renewed. A vendor renews those that it obtains itself, such as OAuth
tokens, see :meth:`Vendor.expire`. :class:`Renewal` asks the caller for all others, such as an API
token that was replaced at the vendor. :class:`Transport` uses both in the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ..errors import InvalidInput, LmsError, Unauthorized
from .vendor import Vendor


class Renewal:
    """The current credentials of one account. All transports of its client share them.

    :param vendor: the vendor with the first credentials.
    :param ask: returns the vendor with the credentials to use from now on.
    """

    def __init__(self, vendor: Vendor, ask: Callable[[], Awaitable[Vendor]]) -> None:
        self.vendor = vendor
        self._ask = ask
        self._generation = 0
        self._is_refused = False
        self._asking = asyncio.Lock()

    async def prepare(self) -> None:
        """Obtain what the next attempt needs, and ask for new credentials if they were refused.

        :raises LmsError: there are no new credentials, or no token could be obtained with them.
        """
        await self._renew()
        asked = self._generation
        try:
            await self.vendor.prepare()
        except Unauthorized:  # the credentials with which the vendor obtains tokens were refused
            self.expire((asked, None))
            await self._renew()
            await self.vendor.prepare()

    def generation(self) -> tuple[int, int | None]:
        """Return numbers that change with each renewal, see :meth:`Vendor.generation`."""
        return self._generation, self.vendor.generation()

    def expire(self, generation: tuple[int, int | None]) -> None:
        """Make :meth:`prepare` renew the credentials of ``generation``, which were refused."""
        asked, obtained = generation
        if asked != self._generation:
            return  # they were renewed meanwhile
        if obtained is not None:
            self.vendor.expire(obtained)
        else:
            self._is_refused = True

    async def _renew(self) -> None:
        """Ask for new credentials, unless they are good or another call has asked meanwhile."""
        if not self._is_refused:
            return
        async with self._asking:
            if not self._is_refused:
                return
            failure: str
            try:
                self.vendor = await self._ask()
            except InvalidInput as error:  # of a call in a bulk, this would reject the rows
                failure = str(error)
            except LmsError:
                raise
            except Exception as error:  # noqa: BLE001 - the caller's function may raise anything
                failure = type(error).__name__
            else:
                self._generation += 1
                self._is_refused = False
                return
        # Raised here, so that the caller's error is not its context: its text may name a secret.
        raise Unauthorized(401, hint=f"asking for new credentials failed: {failure}")
