package import Contracts
import Glibc
import Primitives
import Synchronization

/// Inside the job's process: a port of its own loopback that leads through the door to the peer, for libraries that know nothing but
/// ports.
package final class PeerPort: Sendable {
    /// On 127.0.0.1.
    package let number: Int
    private let listener: Int32
    private let problem = Mutex<JobProblem?>(nil)

    /// Why the last connection did not stand; `nil` when it did.
    package var lastProblem: JobProblem? { problem.withLock { $0 } }

    /// - Parameter folder: the output folder, with the door in it.
    /// - Throws: `JobProblem` when there is no door or no port.
    package init(folder: String) throws(JobProblem) {
        guard access(folder + "/" + PeerDoor.name, F_OK) == 0 else {
            throw JobProblem(code: "no-network", message: "this job can not reach its server from here")
        }
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 4) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard listener >= 0, isListening else {
            throw JobProblem(code: "no-network", message: "no port can be had: error \(errno)", isRetriable: true)
        }
        number = Int(UInt16(bigEndian: address.sin_port))
        startThread(name: "peer-port") { [weak self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    break
                }
                guard let self else {
                    Glibc.close(socket)
                    break
                }
                startThread(name: "peer") { self.serve(socket, folder) }
            }
            Glibc.close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ socket: Int32, _ folder: String) {
        defer { close(socket) }
        let door = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(door) }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(directory) }
        let isOpen = UnixAddress.with("/proc/self/fd/\(directory)/\(PeerDoor.name)") { connect(door, $0, $1) } == 0
        var (line, byte) = (Bytes(), UInt8(0))
        while isOpen, line.count < 1 << 16, read(door, &byte, 1) == 1, byte != 10 { line.append(byte) }
        let said = line.isEmpty ? nil : try? JSON.decode(JobProblem.self, from: line)
        let refused = JobProblem(code: "peer-unreachable", message: "the worker does not answer", isRetriable: true)
        problem.withLock { $0 = isOpen && byte == 10 ? said : refused }
        if lastProblem == nil { SocketRelay.run(socket, door) }
    }
}
