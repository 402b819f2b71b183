"""TLS 1.3 with certificates on both sides, and what it takes for one of them to mean a paired device.

Traps, each with a test. A client that is about to be rejected first sees a successful connect, so nothing
counts before WELCOME. Two certificates of one common name shadow each other in a trust store, so names come
from keys and pairing checks that. Taking a certificate out of a store that is in use does nothing, so the
contexts are made anew. A certificate that is its own anchor could sign another, so whoever connects is
looked up in the book by fingerprint, every time.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable

from pitbox.identity.device import Identity, device_of
from pitbox.model.ids import DeviceId
from pitbox.sync.pipe import READ_SIZE, StreamPipe
from pitbox.sync.trust import PeerBook


class Credentials:
    """The contexts of one device for one state of its book of peers."""

    def __init__(self, identity: Identity, book: PeerBook) -> None:
        self._identity = identity
        self._book = book
        self._version = -1
        self._server: ssl.SSLContext
        self._client: ssl.SSLContext
        self._renew()

    @property
    def server(self) -> ssl.SSLContext:
        """For the next connection that is accepted; never keep it."""
        self._renew()
        return self._server

    @property
    def client(self) -> ssl.SSLContext:
        """For the next connection that is dialled; never keep it."""
        self._renew()
        return self._client

    def _renew(self) -> None:
        if self._version == self._book.version:
            return
        # Read before the peers: a change in between leads to one more renewal, never to a stale store.
        self._version = self._book.version
        certificates = [peer.certificate for peer in self._book.peers]
        self._server = _context(ssl.PROTOCOL_TLS_SERVER, self._identity, certificates)
        self._client = _context(ssl.PROTOCOL_TLS_CLIENT, self._identity, certificates)


class _Protocol(asyncio.StreamReaderProtocol):
    """Knows its transport as soon as there is one."""

    _made: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._made = transport
        super().connection_made(transport)

    def abort(self) -> None:
        if isinstance(self._made, asyncio.Transport):
            self._made.abort()


async def secure(
    connection: socket.socket, context: ssl.SSLContext, *, is_server: bool, timeout_s: float
) -> tuple[StreamPipe, DeviceId | None]:
    """The connection under TLS, and who is at its other end by the certificate it proved to hold.

    Raises OSError; the socket is closed then.
    """
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=READ_SIZE, loop=loop)
    protocol = _Protocol(reader, loop=loop)
    try:
        if is_server:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol, connection, ssl=context, ssl_handshake_timeout=timeout_s
            )
        else:
            transport, _ = await loop.create_connection(
                lambda: protocol,
                sock=connection,
                ssl=context,
                server_hostname="",
                ssl_handshake_timeout=timeout_s,
            )
    except asyncio.CancelledError:
        # Given up just as the handshake was done: asyncio would say goodbye politely, for half a minute.
        protocol.abort()
        raise
    pipe = StreamPipe(reader, asyncio.StreamWriter(transport, protocol, reader, loop))
    certificate = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
    return pipe, device_of(certificate) if certificate else None


def is_unknown_here(error: BaseException | None) -> bool:
    """Whether the far side ended the handshake because it does not trust our certificate."""
    reason = str(getattr(error, "reason", "") or "")
    return isinstance(error, ssl.SSLError) and "ALERT" in reason and ("CA" in reason or "CERT" in reason)


def _context(protocol: int, identity: Identity, certificates: Iterable[bytes]) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # devices move between addresses; the fingerprint is the name
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if protocol == ssl.PROTOCOL_TLS_SERVER:
        context.num_tickets = 0  # a resumed session would skip the check of the certificate
    context.load_cert_chain(identity.key_file)
    trusted = "".join(map(ssl.DER_cert_to_PEM_cert, certificates))
    if trusted:
        context.load_verify_locations(cadata=trusted)
    return context
