import CCurl
import Glibc

// libcurl's callbacks. They run on the loop's thread, copy bytes and leave a note; tasks do the rest.

private func transfer(_ context: UnsafeMutableRawPointer) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

/// The number that tells libcurl the transfer is over: anything but the size offered.
private let refuse = 0

let writeCallback: curl_write_callback = { data, size, count, context in
    guard let data, let context else { return refuse }
    let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
    return switch transfer(context).receiveBody(bytes) {
    case .taken: bytes.count
    case .pause: Int(CURL_WRITEFUNC_PAUSE)
    case .abort: Int(CURL_WRITEFUNC_ERROR)
    }
}

let headerCallback: curl_write_callback = { data, size, count, context in
    guard let data, let context else { return refuse }
    let line = UnsafeRawBufferPointer(start: data, count: size * count)
    return transfer(context).receiveHeader(line) == .taken ? line.count : Int(CURL_WRITEFUNC_ERROR)
}

let readCallback: curl_read_callback = { data, size, count, context in
    guard let data, let context else { return Int(CURL_READFUNC_ABORT) }
    return switch transfer(context).provideBody(into: UnsafeMutableRawBufferPointer(start: data, count: size * count)) {
    case .success(let written): written
    case .failure(.pause): Int(CURL_READFUNC_PAUSE)
    case .failure(.abort): Int(CURL_READFUNC_ABORT)
    }
}

let seekCallback: curl_seek_callback = { context, offset, origin in
    guard let context, offset == 0, origin == SEEK_SET, transfer(context).rewindBody() else { return CURL_SEEKFUNC_CANTSEEK }
    return CURL_SEEKFUNC_OK
}

/// Opens the socket, for an address that may be connected to.
let openSocketCallback: curl_opensocket_callback = { context, _, target in
    guard let context, let target, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return CURL_SOCKET_BAD }
    // The address is longer than the field that names it: IPv6 addresses continue behind it.
    let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(target) + offset, count: Int(target.pointee.addrlen))
    let address = IPAddress(bytes, family: target.pointee.family)
    guard transfer(context).permitsConnection(to: address) else { return CURL_SOCKET_BAD }
    return socket(target.pointee.family, target.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), target.pointee.protocol)
}

/// Runs on every connection, new or kept, right before a request goes out.
let prerequestCallback: curl_prereq_callback = { context, remoteAddress, _, _, _ in
    guard let context, let remoteAddress else { return CURL_PREREQFUNC_ABORT }
    return transfer(context).begin(at: String(cString: remoteAddress)) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
