import CLinux

/// A descriptor that an event loop watches.
// Safe to share: touched only on the loop's thread, but for `init`.
class EventSource: @unchecked Sendable {
    let descriptor: Int32
    let loop: EventLoop
    /// Tells this source from an earlier one with the same descriptor number.
    var serial: UInt64 = 0
    /// What epoll watches for now.
    private(set) var interest: UInt32 = 0
    /// The deadline's entry in the loop's timer queue; `never` when there is none.
    var scheduledFor = EventLoop.never
    private(set) var deadline = EventLoop.never
    private(set) var isRetired = false
    /// Whether `flush` is due at the end of this round.
    fileprivate(set) var flushesSoon = false

    init(descriptor: Int32, loop: EventLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    /// Called when epoll reports the descriptor.
    func ready(_ events: UInt32) {}

    /// Sends what waits.
    func flush() {}

    /// Called once the deadline has passed.
    func deadlinePassed() {}

    func watch(_ events: UInt32) {
        guard events != interest, !isRetired else { return }
        interest = events
        loop.changeInterest(of: self)
    }

    /// Has `flush` called when the tasks that are ready have run. Whoever receives what they send is then woken once, for all of it,
    /// in place of once for each piece.
    func flushSoon() {
        guard !flushesSoon else { return }
        flushesSoon = true
        loop.flushSoon(self)
    }

    /// What the loop does of its own accord.
    func flushNow() {
        flushesSoon = false
        if !isRetired { flush() }
    }

    /// Sets the time `deadlinePassed` is called, in the loop's milliseconds; `EventLoop.never` for none.
    func setDeadline(_ time: Int64) {
        deadline = time
        if time < scheduledFor { loop.schedule(self, at: time) }
    }

    /// Closes the descriptor once the events that epoll has already reported are dealt with, so that its number can not be
    /// reused among them.
    func retire() {
        guard !isRetired else { return }
        isRetired = true
        loop.retire(self)
    }
}

/// The epoll events in the type that masks have.
enum Readiness {
    static let input = EPOLLIN.rawValue
    static let output = EPOLLOUT.rawValue
    static let peerEnd = EPOLLRDHUP.rawValue
    static let hangUp = EPOLLHUP.rawValue
    static let error = EPOLLERR.rawValue
    static let once = EPOLLONESHOT.rawValue
}
