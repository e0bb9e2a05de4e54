import Synchronization

/// What a server has done since its start.
package struct HTTPServerStatistics: Sendable, Hashable {
    package var openConnections = 0
    package var acceptedConnections = 0
    /// Connections answered 503 because too many were open.
    package var refusedConnections = 0
    package var requests = 0
    package var activeRequests = 0
    package var bytesReceived = 0
    package var bytesSent = 0

    package init() {}
}

/// One loop's counts: written by its thread, read by any.
final class LoopCounters: Sendable {
    let openConnections = Atomic<Int>(0)
    let acceptedConnections = Atomic<Int>(0)
    let refusedConnections = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let activeRequests = Atomic<Int>(0)
    let bytesReceived = Atomic<Int>(0)
    let bytesSent = Atomic<Int>(0)

    func add(to total: inout HTTPServerStatistics) {
        total.openConnections += openConnections.load(ordering: .relaxed)
        total.acceptedConnections += acceptedConnections.load(ordering: .relaxed)
        total.refusedConnections += refusedConnections.load(ordering: .relaxed)
        total.requests += requests.load(ordering: .relaxed)
        total.activeRequests += activeRequests.load(ordering: .relaxed)
        total.bytesReceived += bytesReceived.load(ordering: .relaxed)
        total.bytesSent += bytesSent.load(ordering: .relaxed)
    }
}

extension Atomic where Value == Int {
    func count(_ amount: Int = 1) {
        add(amount, ordering: .relaxed)
    }
}
