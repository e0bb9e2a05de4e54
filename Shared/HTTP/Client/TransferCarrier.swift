/// What carries transfers out: one thread with one set of connections.
protocol TransferCarrier: AnyObject, Sendable {
    /// What watches libcurl's sockets, where libcurl does not itself; for the carrier's thread.
    var watch: SocketWatch? { get }
    /// Begins a transfer, now or soon; one that comes after `stop` ends with `.shutDown`.
    func start(_ transfer: Transfer)
    /// Looks at a transfer that asked for it.
    func attend(_ transfer: Transfer)
    func stop(_ ending: TransferEnding)
    /// Waits until nothing is carried any more.
    func ended() async
}

/// How a carrier ends.
enum TransferEnding {
    /// The client was let go: responses under way are still read to their ends.
    case whenIdle
    case now
}
