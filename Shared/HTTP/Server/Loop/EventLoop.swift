import CLinux
import Glibc
import Primitives
import Synchronization

/// One thread that waits for its sockets with epoll and runs the tasks that prefer it.
///
/// Work from other threads arrives through an inbox; its first entry wakes the thread by an eventfd.
// Safe to share: all but the inbox and the thread's identity is touched only on the loop's thread.
final class EventLoop: TaskExecutor, @unchecked Sendable {
    enum Work {
        case job(UnownedJob)
        case body(@Sendable () -> Void)
    }

    private struct Inbox {
        var work: [Work] = []
        var isClosed = false
    }

    /// A time that never comes.
    static let never = Int64.max
    static let readBufferSize = 64 << 10
    private static let outboxLimit = 16

    private let name: String
    private let inbox = Mutex(Inbox())
    private let thread = Atomic<UInt>(0)
    private let epoll: Int32
    private let wakeUp: Int32

    // Only on the loop's thread:
    private var queue: [Work] = []
    private var running: [Work] = []
    private var sources: [EventSource?] = []
    private var sourceCount = 0
    private var retired: [EventSource] = []
    private var outbox: [EventSource] = []
    private var flushing: [EventSource] = []
    private var timers = TimerQueue<(descriptor: Int32, serial: UInt64)>()
    private var nextSerial: UInt64 = 0
    private var isStopping = false
    /// Tasks that still run on this loop; the thread does not end before them.
    var taskCount = 0
    private(set) var clock = LoopClock()
    /// What a socket has is read here first; connections share it.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readBufferSize, alignment: 16)
    /// Response heads are put together here; connections share it.
    var scratch = Bytes()
    let headParser = RequestHeadParser()

    /// - Throws: `HTTPServerError.system` when the kernel refuses a descriptor.
    init(name: String) throws(HTTPServerError) {
        self.name = name
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .system(call: "epoll_create1", errno: errno) }
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeUp >= 0 else {
            let failure = HTTPServerError.system(call: "eventfd", errno: errno)
            close(epoll)
            throw failure
        }
        guard avs_epoll_control(epoll, EPOLL_CTL_ADD, wakeUp, Readiness.input) == 0 else {
            let failure = HTTPServerError.system(call: "epoll_ctl", errno: errno)
            close(epoll)
            close(wakeUp)
            throw failure
        }
        scratch.reserveCapacity(Self.readBufferSize)
    }

    deinit {
        close(epoll)
        close(wakeUp)
        readBuffer.deallocate()
    }

    /// Starts the thread, which keeps the loop alive until it has ended.
    func start() {
        // Handlers run here and may decode deeply nested documents, hence the usual size of a main thread's stack.
        startThread(name: name, stackSize: 8 << 20) { HostLoops.run(as: self) { self.main() } }
    }

    /// Lets the thread end as soon as no source and no task is left.
    func stop() {
        post { self.isStopping = true }
    }

    /// Milliseconds of the monotonic clock, as of the last event.
    var now: Int64 { clock.now }

    // MARK: Work

    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func enqueue(_ job: consuming ExecutorJob) {
        submit(.job(UnownedJob(job)))
    }

    /// Runs the body on the loop's thread: now when called there, soon otherwise.
    func run(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { body() } else { submit(.body(body)) }
    }

    /// Runs the body on the loop's thread, never within the call.
    func post(_ body: @escaping @Sendable () -> Void) {
        submit(.body(body))
    }

    private func submit(_ work: Work) {
        if isCurrent {
            queue.append(work)
            return
        }
        let (isFirst, isClosed) = inbox.withLock { inbox in
            if inbox.isClosed { return (false, true) }
            inbox.work.append(work)
            return (inbox.work.count == 1, false)
        }
        if isFirst { wake() }
        // The loop has ended: what a task still has to do gets a thread of its own, so that none hangs.
        if isClosed { startThread(name: name) { self.perform(work) } }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    private func perform(_ work: Work) {
        switch work {
        case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .body(let body): body()
        }
    }

    private func takeInbox() {
        var count: UInt64 = 0
        _ = read(wakeUp, &count, 8)
        let arrived = inbox.withLock { inbox in
            let work = inbox.work
            inbox.work = []
            return work
        }
        queue.append(contentsOf: arrived)
    }

    // MARK: The thread

    private func main() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        repeat {
            runQueue()
            closeRetired()
            poll(&events)
            fireTimers()
        } while !mayEnd
        thread.store(0, ordering: .relaxed)
    }

    private var mayEnd: Bool {
        guard isStopping, sourceCount == 0, taskCount == 0, queue.isEmpty else { return false }
        return inbox.withLock { inbox in
            inbox.isClosed = inbox.work.isEmpty
            return inbox.isClosed
        }
    }

    /// Runs what is queued and what that queues, within limits: sockets get their turn.
    private func runQueue() {
        var rounds = 0
        while !queue.isEmpty && rounds < 16 {
            swap(&queue, &running)
            for work in running { perform(work) }
            running.removeAll(keepingCapacity: true)
            flushOutbox()
            rounds += 1
        }
        flushOutbox()
    }

    private func poll(_ events: inout [epoll_event]) {
        let count = epoll_wait(epoll, &events, Int32(events.count), timeout)
        clock.update()
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let descriptor = events[index].data.fd
            if descriptor == wakeUp {
                takeInbox()
            } else if let source = sources[Int(descriptor)], !source.isRetired {
                source.ready(events[index].events)
            }
        }
    }

    private var timeout: Int32 {
        if !queue.isEmpty || isStopping && sourceCount == 0 && taskCount == 0 { return 0 }
        guard let next = timers.next else { return -1 }
        return Int32(clamping: max(0, next - clock.now))
    }

    // MARK: Sources

    /// - Throws: `HTTPServerError.system`; the descriptor is then the caller's to close.
    func register(_ source: EventSource, _ events: UInt32) throws(HTTPServerError) {
        let index = Int(source.descriptor)
        if index >= sources.count { sources.append(contentsOf: repeatElement(nil, count: index + 64 - sources.count)) }
        guard avs_epoll_control(epoll, EPOLL_CTL_ADD, source.descriptor, 0) == 0 else {
            throw .system(call: "epoll_ctl", errno: errno)
        }
        nextSerial += 1
        source.serial = nextSerial
        sources[index] = source
        sourceCount += 1
        source.watch(events)
    }

    func changeInterest(of source: EventSource) {
        _ = avs_epoll_control(epoll, EPOLL_CTL_MOD, source.descriptor, source.interest)
    }

    /// Has a source flushed after the tasks that are ready, or after so many that nobody waits long for the first of them.
    func flushSoon(_ source: EventSource) {
        outbox.append(source)
        if outbox.count >= Self.outboxLimit { flushOutbox() }
    }

    private func flushOutbox() {
        guard !outbox.isEmpty, flushing.isEmpty else { return }
        swap(&outbox, &flushing)
        for source in flushing { source.flushNow() }
        flushing.removeAll(keepingCapacity: true)
    }

    func retire(_ source: EventSource) {
        retired.append(source)
    }

    private func closeRetired() {
        guard !retired.isEmpty else { return }
        for source in retired {
            close(source.descriptor)
            sources[Int(source.descriptor)] = nil
            sourceCount -= 1
        }
        retired.removeAll(keepingCapacity: true)
    }

    func forEachSource(_ body: (EventSource) -> Void) {
        for source in sources { if let source, !source.isRetired { body(source) } }
    }

    // MARK: Timers

    func schedule(_ source: EventSource, at time: Int64) {
        source.scheduledFor = time
        timers.schedule((source.descriptor, source.serial), at: time)
    }

    private func fireTimers() {
        while let (key, time) = timers.popDue(at: clock.now) {
            guard let source = sources[Int(key.descriptor)], source.serial == key.serial, source.scheduledFor == time,
                !source.isRetired
            else { continue }
            source.scheduledFor = Self.never
            if source.deadline <= clock.now {
                source.setDeadline(Self.never)
                source.deadlinePassed()
            } else if source.deadline != Self.never {
                schedule(source, at: source.deadline)
            }
        }
    }
}
