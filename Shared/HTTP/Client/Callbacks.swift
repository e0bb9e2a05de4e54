import CCurl
import CLinux
import Glibc
import Primitives

// libcurl's callbacks. They run on the loop's thread, copy bytes and leave a note; tasks do the rest.

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.flatMap { ActiveTransfer.of($0).transfer }
}

/// The number that tells libcurl the transfer is over: anything but the size offered.
private let refuse = 0

let writeCallback: curl_write_callback = { data, size, count, context in
    guard let data, let transfer = transfer(context) else { return refuse }
    let bytes = Bytes(UnsafeRawBufferPointer(start: data, count: size * count))
    return switch transfer.receiveBody(bytes) {
    case .taken: bytes.count
    case .pause: Int(CURL_WRITEFUNC_PAUSE)
    case .abort: Int(CURL_WRITEFUNC_ERROR)
    }
}

let headerCallback: curl_write_callback = { data, size, count, context in
    guard let data, let transfer = transfer(context) else { return refuse }
    let line = UnsafeRawBufferPointer(start: data, count: size * count)
    return transfer.receiveHead(line) != nil ? line.count : Int(CURL_WRITEFUNC_ERROR)
}

let readCallback: curl_read_callback = { data, size, count, context in
    guard let data, let transfer = transfer(context) else { return Int(CURL_READFUNC_ABORT) }
    return switch transfer.provideBody(into: UnsafeMutableRawBufferPointer(start: data, count: size * count)) {
    case .success(let written): written
    case .failure(.pause): Int(CURL_READFUNC_PAUSE)
    case .failure(.abort): Int(CURL_READFUNC_ABORT)
    }
}

let seekCallback: curl_seek_callback = { context, offset, origin in
    guard offset == 0, origin == SEEK_SET, let transfer = transfer(context), transfer.rewindBody() else {
        return CURL_SEEKFUNC_CANTSEEK
    }
    return CURL_SEEKFUNC_OK
}

/// Opens the socket, for an address that may be connected to.
let openSocketCallback: curl_opensocket_callback = { context, _, target in
    guard let transfer = transfer(context), let target, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else {
        return CURL_SOCKET_BAD
    }
    // The address is longer than the field that names it: IPv6 addresses continue behind it.
    let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(target) + offset, count: Int(target.pointee.addrlen))
    let address = IPAddress(bytes, family: target.pointee.family)
    guard transfer.permitsConnection(to: address) else { return CURL_SOCKET_BAD }
    let kind = target.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(target.pointee.family, kind, target.pointee.protocol)
    if descriptor >= 0 { transfer.carrier.watch?.opened(descriptor) }
    return descriptor
}

/// Closes a connection's socket, whose number may be another's at once.
let closeSocketCallback: curl_closesocket_callback = { context, descriptor in
    if let context { Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().closing(descriptor) }
    return close(descriptor)
}

/// Runs on every connection, new or kept, right before a request goes out.
let prerequestCallback: curl_prereq_callback = { context, remoteAddress, _, _, _ in
    guard let transfer = transfer(context), let remoteAddress else { return CURL_PREREQFUNC_ABORT }
    let text = String(cString: remoteAddress)
    return transfer.begin(at: IPAddress(text), text) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

/// libcurl says for which events of a socket it wants to be called.
let socketCallback: curl_socket_callback = { _, descriptor, what, context, _ in
    guard let context else { return 0 }
    let events =
        switch what {
        case CURL_POLL_IN: EPOLLIN.rawValue
        case CURL_POLL_OUT: EPOLLOUT.rawValue
        case CURL_POLL_INOUT: EPOLLIN.rawValue | EPOLLOUT.rawValue
        default: UInt32(0)
        }
    Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().want(descriptor, events)
    return 0
}

/// libcurl says when it wants to be called for its timers.
let timerCallback: curl_multi_timer_callback = { _, milliseconds, context in
    if let context { Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds) }
    return 0
}
