import Glibc
import Primitives

/// Transfers that need nothing of what libcurl can do, HTTP/1.1 without encryption to an address: a model on the studio's own
/// machines is called so. Setting up one of libcurl's transfers costs several times what such a call costs otherwise.
struct PlainTransfers: ~Copyable {
    private struct Peer: Hashable {
        let address: IPAddress
        let port: String
    }

    /// Idle connections kept to one peer.
    private static let spareConnections = 256
    private static let bufferSize = 64 << 10

    private let watch: SocketWatch
    private let configuration: HTTPClientConfiguration
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 16)
    private var connections: [Int32: (connection: PlainConnection, peer: Peer)] = [:]
    private var serving: [ObjectIdentifier: Int32] = [:]
    private var busy: [Peer: Int] = [:]
    private var idle: [Peer: [Int32]] = [:]
    /// Transfers that wait for a connection to be free.
    private var waiting: [(transfer: Transfer, peer: Peer)] = []
    private(set) var nextCheck = ContinuousClock.now + .seconds(60)

    init(_ configuration: HTTPClientConfiguration, watch: SocketWatch) {
        (self.configuration, self.watch) = (configuration, watch)
    }

    deinit {
        buffer.deallocate()
    }

    var isEmpty: Bool { serving.isEmpty && waiting.isEmpty }

    /// Begins a transfer.
    /// - Returns: false when libcurl must carry it out.
    mutating func start(_ transfer: Transfer) -> Bool {
        guard let address = PlainRequest.address(of: transfer.order) else { return false }
        guard let end = transfer.checkTime(.now) else { return true }
        nextCheck = min(nextCheck, end)
        let peer = Peer(address: address, port: transfer.order.url.port)
        if hasRoom(peer) { begin(transfer, peer, reusing: true) } else { waiting.append((transfer, peer)) }
        return true
    }

    private func hasRoom(_ peer: Peer) -> Bool { busy[peer, default: 0] < configuration.maximumConnectionsPerHost }

    /// Begins what waits for a connection to a peer.
    private mutating func beginWaiting(_ peer: Peer) {
        while hasRoom(peer), let index = waiting.firstIndex(where: { $0.peer == peer }) {
            let transfer = waiting.remove(at: index).transfer
            if transfer.checkTime(.now) != nil { begin(transfer, peer, reusing: true) }
        }
    }

    private mutating func begin(_ transfer: Transfer, _ peer: Peer, reusing: Bool) {
        while reusing, let descriptor = idle[peer]?.popLast(), let connection = connections[descriptor]?.connection {
            guard connection.isUsable else {
                remove(descriptor)
                continue
            }
            return begin(transfer, on: connection, peer)
        }
        let order = transfer.order
        guard transfer.permitsConnection(to: peer.address) else {
            transfer.settle(.failure(.refusedAddress(host: order.url.host, address: peer.address.description)))
            return
        }
        do throws(HTTPClientError) {
            let connection = try PlainConnection(to: peer.address, order.url, timeout: configuration.connectTimeout, watch: watch)
            connections[connection.descriptor] = (connection, peer)
            nextCheck = min(nextCheck, connection.connectDeadline ?? nextCheck)
            begin(transfer, on: connection, peer)
        } catch {
            transfer.settle(.failure(error))
        }
    }

    private mutating func begin(_ transfer: Transfer, on connection: PlainConnection, _ peer: Peer) {
        serving[ObjectIdentifier(transfer)] = connection.descriptor
        busy[peer, default: 0] += 1
        conclude(connection.begin(transfer), connection.descriptor)
    }

    /// Deals with a socket's events.
    /// - Returns: false when the socket is none of these.
    mutating func ready(_ descriptor: Int32, isReadable: Bool, isWritable: Bool) -> Bool {
        guard let connection = connections[descriptor]?.connection else { return false }
        conclude(connection.ready(isReadable, isWritable, buffer), descriptor)
        return true
    }

    /// Looks at a transfer that asked for it.
    /// - Returns: false when it is none of these.
    mutating func attend(to transfer: Transfer) -> Bool {
        if let index = waiting.firstIndex(where: { $0.transfer === transfer }) {
            if case .remove = transfer.takeAttention() { waiting.remove(at: index) }
            return true
        }
        guard let descriptor = serving[ObjectIdentifier(transfer)], let connection = connections[descriptor]?.connection else {
            return false
        }
        switch transfer.takeAttention() {
        case .nothing: break
        case .remove: conclude(.ended(mayServeAgain: false), descriptor)
        case .unpause: conclude(connection.resume(), descriptor)
        }
        nextCheck = min(nextCheck, transfer.checkTime(.now) ?? .now)
        return true
    }

    private mutating func conclude(_ outcome: PlainConnection.Outcome, _ descriptor: Int32) {
        guard let (connection, peer) = connections[descriptor] else { return }
        let transfer = connection.transfer
        switch outcome {
        case .goesOn: return
        case .stale:
            remove(descriptor)
            // Whether the request may be sent again is the transfer's to judge, on the new connection.
            if let transfer { begin(transfer, peer, reusing: false) }
        case .ended(let mayServeAgain):
            guard let transfer else { return remove(descriptor) }
            if mayServeAgain, idle[peer, default: []].count < Self.spareConnections {
                release(transfer, peer)
                connection.rest()
                idle[peer, default: []].append(descriptor)
            } else {
                remove(descriptor)
            }
            if !waiting.isEmpty { beginWaiting(peer) }
        }
    }

    private mutating func remove(_ descriptor: Int32) {
        guard let (connection, peer) = connections.removeValue(forKey: descriptor) else { return }
        if let transfer = connection.transfer {
            release(transfer, peer)
        } else {
            idle[peer]?.removeAll { $0 == descriptor }
        }
        connection.close()
    }

    private mutating func release(_ transfer: Transfer, _ peer: Peer) {
        guard serving.removeValue(forKey: ObjectIdentifier(transfer)) != nil, let count = busy[peer] else { return }
        busy[peer] = count > 1 ? count - 1 : nil
    }

    mutating func checkTimes(_ now: ContinuousClock.Instant) {
        guard now >= nextCheck else { return }
        nextCheck = now + .seconds(60)
        let all = waiting
        waiting = all.filter { entry in
            guard let next = entry.transfer.checkTime(now) else { return false }
            nextCheck = min(nextCheck, next)
            return true
        }
        for descriptor in Array(connections.keys) {
            // What ended before in this pass may have closed it, and what waited may have opened another by the same number.
            guard let connection = connections[descriptor]?.connection else { continue }
            guard let transfer = connection.transfer else {
                if !connection.isUsable { remove(descriptor) }
                continue
            }
            if let deadline = connection.connectDeadline, now >= deadline {
                transfer.settle(.failure(.connectTimeout(host: transfer.order.url.host, limit: configuration.connectTimeout)))
            }
            guard let next = transfer.checkTime(now) else {
                conclude(.ended(mayServeAgain: false), descriptor)
                continue
            }
            nextCheck = min(nextCheck, next, connection.connectDeadline ?? next)
        }
    }

    mutating func removeAll(outcome: HTTPClientError) {
        for (transfer, _) in waiting { transfer.settle(.failure(outcome)) }
        waiting = []
        for descriptor in Array(connections.keys) {
            connections[descriptor]?.connection.transfer?.settle(.failure(outcome))
            remove(descriptor)
        }
    }
}
