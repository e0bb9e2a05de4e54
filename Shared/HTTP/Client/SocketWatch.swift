import CCurl
import CLinux
import Glibc
import Primitives

/// The sockets that libcurl wants watched, in an epoll of their own, and the time at which it wants to be called.
///
/// A socket that libcurl has no more interest in stays where it is: a kept connection's next request asks for the same again, and
/// two system calls are saved. Should it become ready meanwhile, it is taken out then.
final class SocketWatch {
    private struct Place {
        /// What the kernel was told; 0 when it knows nothing of the socket.
        var watched: UInt32 = 0
        var wanted: UInt32 = 0
        /// Whether it is a connection's, whose end is told.
        var isOwn = false
    }

    let epoll: Int32
    /// When libcurl wants to be called for its timers.
    private(set) var timer: ContinuousClock.Instant?
    private var places: [Place] = []

    /// - Returns: `nil` when the kernel gives no descriptor.
    init?() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        if epoll < 0 { return nil }
    }

    /// The client has opened a socket for libcurl.
    func opened(_ descriptor: Int32) {
        makePlace(descriptor)
        places[Int(descriptor)] = Place(isOwn: true)
    }

    /// A connection's socket is about to be closed, which also takes it out of the epoll.
    func closing(_ descriptor: Int32) {
        makePlace(descriptor)
        places[Int(descriptor)] = Place()
    }

    /// libcurl's wish for a socket.
    func want(_ descriptor: Int32, _ events: UInt32) {
        makePlace(descriptor)
        let index = Int(descriptor)
        places[index].wanted = events
        let known = places[index].watched
        if events == known || events == 0 && places[index].isOwn { return }
        if events == 0 {
            forget(descriptor)
        } else {
            // A place can be out of date for sockets that libcurl makes and closes for itself, as to wake up.
            if known == 0 || avs_epoll_control(epoll, EPOLL_CTL_MOD, descriptor, events) != 0 {
                _ = avs_epoll_control(epoll, EPOLL_CTL_ADD, descriptor, events)
            }
            places[index].watched = events
        }
    }

    /// - Parameter milliseconds: negative for none.
    func setTimer(_ milliseconds: Int) {
        timer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }

    /// Whether libcurl wants to be called now; the wish is taken as granted.
    func takeTimer(_ now: ContinuousClock.Instant) -> Bool {
        guard let timer, timer <= now else { return false }
        self.timer = nil
        return true
    }

    /// Calls the body for every socket that is ready, without waiting.
    func forEachReady(_ body: (_ descriptor: Int32, _ events: Int32) -> Void) {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
            let count = epoll_wait(epoll, events.baseAddress, 64, 0)
            for index in 0..<max(0, Int(count)) {
                let (descriptor, ready) = (events[index].data.fd, events[index].events)
                guard places[Int(descriptor)].wanted != 0 else {
                    forget(descriptor)
                    continue
                }
                let input = ready & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 ? CURL_CSELECT_IN : 0
                let output = ready & EPOLLOUT.rawValue != 0 ? CURL_CSELECT_OUT : 0
                body(descriptor, input | output | (ready & EPOLLERR.rawValue != 0 ? CURL_CSELECT_ERR : 0))
            }
        }
    }

    private func forget(_ descriptor: Int32) {
        _ = avs_epoll_control(epoll, EPOLL_CTL_DEL, descriptor, 0)
        places[Int(descriptor)].watched = 0
    }

    private func makePlace(_ descriptor: Int32) {
        let missing = Int(descriptor) + 1 - places.count
        if missing > 0 { places.append(contentsOf: repeatElement(Place(), count: missing + 63)) }
    }
}
