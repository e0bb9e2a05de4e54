import Primitives

/// Transfers that need nothing of what libcurl can do, HTTP/1.1 without encryption to an address: a model on the studio's own
/// machines is called so. Setting up one of libcurl's transfers costs several times what such a call costs otherwise.
///
/// Used on the thread of an event loop alone, which watches the connections.
final class PlainTransfers {
    private struct Name: Hashable {
        let address: IPAddress
        let port: String
    }

    /// Idle connections kept to one peer.
    private static let spareConnections = 256
    private static let longestWait = Duration.seconds(60)
    private static let bufferSize = 64 << 10

    /// What a socket has is read here first; connections share it.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 16)
    private let host: any HostLoop
    private let configuration: HTTPClientConfiguration
    /// Called when a transfer has ended on its connection.
    private let ended: () -> Void
    private var peers: [Name: PlainPeer] = [:]
    private var connections: [ObjectIdentifier: PlainConnection] = [:]
    private var serving = 0
    /// Transfers that wait for a connection to be free.
    private var waiting: [(transfer: Transfer, peer: PlainPeer)] = []
    private(set) var nextCheck = ContinuousClock.now + longestWait

    /// - Parameter ended: called when a transfer has ended on its connection.
    init(_ configuration: HTTPClientConfiguration, on host: any HostLoop, ended: @escaping () -> Void) {
        (self.configuration, self.host, self.ended) = (configuration, host, ended)
    }

    deinit {
        buffer.deallocate()
    }

    var isEmpty: Bool { serving == 0 && waiting.isEmpty }
    /// Whether so much is under way that streams are read in rounds.
    var isCrowded: Bool { serving > 8 }

    /// Begins a transfer.
    /// - Returns: false when libcurl must carry it out.
    func start(_ transfer: Transfer) -> Bool {
        guard let address = PlainRequest.address(of: transfer.order) else { return false }
        guard let end = transfer.checkTime(.now) else { return true }
        nextCheck = min(nextCheck, end)
        let peer = peer(Name(address: address, port: transfer.order.url.port))
        if hasRoom(peer) { begin(transfer, peer, reusing: true) } else { waiting.append((transfer, peer)) }
        return true
    }

    private func peer(_ name: Name) -> PlainPeer {
        if let known = peers[name] { return known }
        let made = PlainPeer(name.address)
        peers[name] = made
        return made
    }

    private func hasRoom(_ peer: PlainPeer) -> Bool { peer.busy < configuration.maximumConnectionsPerHost }

    /// Begins what waits for a connection to a peer.
    private func beginWaiting(_ peer: PlainPeer) {
        while hasRoom(peer), let index = waiting.firstIndex(where: { $0.peer === peer }) {
            let transfer = waiting.remove(at: index).transfer
            if transfer.checkTime(.now) != nil { begin(transfer, peer, reusing: true) }
        }
    }

    private func begin(_ transfer: Transfer, _ peer: PlainPeer, reusing: Bool) {
        while reusing, let connection = peer.idle.popLast() {
            if connection.isUsable { return begin(transfer, on: connection) }
            remove(connection)
        }
        guard transfer.permitsConnection(to: peer.address) else {
            transfer.settle(.failure(.refusedAddress(host: transfer.order.url.host, address: peer.addressText)))
            return
        }
        do throws(HTTPClientError) {
            let timeout = configuration.connectTimeout
            let connection = try PlainConnection(to: peer, transfer.order.url, timeout: timeout, transfers: self, on: host)
            connections[ObjectIdentifier(connection)] = connection
            nextCheck = min(nextCheck, connection.connectDeadline ?? nextCheck)
            begin(transfer, on: connection)
        } catch {
            transfer.settle(.failure(error))
        }
    }

    private func begin(_ transfer: Transfer, on connection: PlainConnection) {
        serving += 1
        connection.peer.busy += 1
        conclude(connection.begin(transfer), connection)
    }

    /// Looks at a transfer that asked for it.
    /// - Returns: false when it is none of these.
    func attend(to transfer: Transfer) -> Bool {
        if let index = waiting.firstIndex(where: { $0.transfer === transfer }) {
            if case .remove = transfer.takeAttention() { waiting.remove(at: index) }
            return true
        }
        guard PlainRequest.address(of: transfer.order) != nil else { return false }
        guard let connection = connections.values.first(where: { $0.transfer === transfer }) else { return true }
        switch transfer.takeAttention() {
        case .nothing: break
        case .remove: conclude(.ended(mayServeAgain: false), connection)
        case .unpause: conclude(connection.resume(), connection)
        }
        nextCheck = min(nextCheck, transfer.checkTime(.now) ?? .now)
        return true
    }

    /// Goes on after something has come of a connection.
    func conclude(_ outcome: PlainConnection.Outcome, _ connection: PlainConnection) {
        switch outcome {
        case .goesOn: return
        case .stale:
            let transfer = connection.transfer
            remove(connection)
            // Whether the request may be sent again is the transfer's to judge, on the new connection.
            if let transfer { begin(transfer, connection.peer, reusing: false) }
        case .ended(let mayServeAgain):
            let peer = connection.peer
            if mayServeAgain, connection.transfer != nil, peer.idle.count < Self.spareConnections {
                release(connection)
                connection.rest()
                peer.idle.append(connection)
            } else {
                remove(connection)
            }
            if !waiting.isEmpty { beginWaiting(peer) }
            ended()
        }
    }

    private func remove(_ connection: PlainConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        if connection.transfer != nil {
            release(connection)
        } else {
            connection.peer.idle.removeAll { $0 === connection }
        }
        connection.close()
    }

    private func release(_ connection: PlainConnection) {
        serving -= 1
        connection.peer.busy -= 1
    }

    func checkTimes(_ now: ContinuousClock.Instant) {
        guard now >= nextCheck else { return }
        nextCheck = now + Self.longestWait
        let all = waiting
        waiting = all.filter { entry in
            guard let next = entry.transfer.checkTime(now) else { return false }
            nextCheck = min(nextCheck, next)
            return true
        }
        for connection in Array(connections.values) {
            guard let transfer = connection.transfer else {
                if !connection.isUsable { remove(connection) }
                continue
            }
            if let deadline = connection.connectDeadline, now >= deadline {
                transfer.settle(.failure(.connectTimeout(host: transfer.order.url.host, limit: configuration.connectTimeout)))
            }
            guard let next = transfer.checkTime(now) else {
                conclude(.ended(mayServeAgain: false), connection)
                continue
            }
            nextCheck = min(nextCheck, next, connection.connectDeadline ?? next)
        }
        let used = Set(connections.values.map { ObjectIdentifier($0.peer) } + waiting.map { ObjectIdentifier($0.peer) })
        peers = peers.filter { used.contains(ObjectIdentifier($0.value)) }
    }

    func removeAll(outcome: HTTPClientError) {
        for (transfer, _) in waiting { transfer.settle(.failure(outcome)) }
        waiting = []
        for connection in Array(connections.values) {
            connection.transfer?.settle(.failure(outcome))
            remove(connection)
        }
    }
}
