import Glibc
import Primitives

/// The time as a loop sees it: read once per round, with the `Date` header of the present second.
struct LoopClock {
    /// Milliseconds of the monotonic clock.
    private(set) var now: Int64 = 0
    /// The line `Date: Sun, 06 Nov 1994 08:49:37 GMT` with its CR LF (RFC 9110, section 5.6.7).
    private(set) var dateLine = Bytes()
    private var second = Int.min

    init() {
        update()
    }

    mutating func update() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        now = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        if time.tv_sec != second {
            second = time.tv_sec
            dateLine = Bytes("Date: \(Self.httpDate(second))\r\n".utf8)
        }
    }

    /// - Parameter second: seconds since 1970.
    static func httpDate(_ second: Int) -> String {
        var (second, parts) = (second, tm())
        gmtime_r(&second, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
