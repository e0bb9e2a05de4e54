import Primitives

/// A guest's descriptor among those that a loop watches.
// Safe to share: as every source, touched only on the loop's thread.
final class GuestSource: EventSource, LoopSeat, @unchecked Sendable {
    private let guest: any LoopGuest

    init(_ guest: any LoopGuest, descriptor: Int32, loop: EventLoop) {
        self.guest = guest
        super.init(descriptor: descriptor, loop: loop)
    }

    override func ready(_ events: UInt32) { guest.descriptorReady() }

    override func deadlinePassed() { guest.timePassed() }

    func wake(after time: Duration?) {
        // A millisecond more: to wake too early would be for nothing.
        setDeadline(time.map { loop.now + max(0, $0.milliseconds) + 1 } ?? EventLoop.never)
    }

    func leave() { retire() }
}

extension EventLoop: HostLoop {
    func seat(_ guest: any LoopGuest, descriptor: Int32) -> (any LoopSeat)? {
        let source = GuestSource(guest, descriptor: descriptor, loop: self)
        do { try register(source, Readiness.input) } catch { return nil }
        return source
    }
}
