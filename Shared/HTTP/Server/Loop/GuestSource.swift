import Primitives

/// A guest's descriptor among those that a loop watches.
// Safe to share: as every source, touched only on the loop's thread.
final class GuestSource: EventSource, LoopSeat, @unchecked Sendable {
    private let guest: any LoopGuest

    init(_ guest: any LoopGuest, descriptor: Int32, loop: EventLoop) {
        self.guest = guest
        super.init(descriptor: descriptor, loop: loop)
    }

    override func ready(_ events: UInt32) {
        guest.descriptorReady(
            isReadable: events & ~Readiness.output != 0, isWritable: events & ~(Readiness.input | Readiness.hangUp) != 0)
    }

    override func flush() { guest.flush() }

    func watch(input: Bool, output: Bool) {
        // Ends and errors are reported all the same, and again and again; where nothing is wanted, once.
        let wanted = (input ? Readiness.input : 0) | (output ? Readiness.output : 0)
        watch(wanted == 0 ? Readiness.once : wanted)
    }

    override func deadlinePassed() { guest.timePassed() }

    func wake(after time: Duration?) {
        // A millisecond more: to wake too early would be for nothing.
        setDeadline(time.map { loop.now + max(0, $0.milliseconds) + 1 } ?? EventLoop.never)
    }

    func wake(afterRoundOf length: Duration) {
        let length = max(1, length.milliseconds)
        setDeadline((loop.now / length + 1) * length)
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
