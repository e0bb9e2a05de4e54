import Glibc

/// An IPv4 or IPv6 address, as the kernel is about to use it.
struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    enum Value: Hashable, Sendable {
        case v4(UInt32)
        /// The address's upper and lower half.
        case v6(UInt64, UInt64)
    }

    let value: Value

    /// Reads dotted or colon notation, the latter without zone or brackets.
    init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            value = .v4(UInt32(bigEndian: v4.s_addr))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            value = Self.value(of: v6)
        } else {
            return nil
        }
    }

    /// Reads a socket address.
    /// - Returns: `nil` for families other than IPv4 and IPv6.
    init?(_ address: UnsafeRawBufferPointer, family: Int32) {
        switch family {
        case AF_INET where address.count >= MemoryLayout<sockaddr_in>.size:
            value = .v4(UInt32(bigEndian: address.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6 where address.count >= MemoryLayout<sockaddr_in6>.size:
            value = Self.value(of: address.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
        default:
            return nil
        }
    }

    private static func value(of address: in6_addr) -> Value {
        withUnsafeBytes(of: address) { bytes in
            .v6(
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch value {
        case .v4(let bits):
            var address = in_addr(s_addr: bits.bigEndian)
            inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        case .v6(let high, let low):
            var halves = (high.bigEndian, low.bigEndian)
            inet_ntop(AF_INET6, &halves, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether the address belongs to the public internet.
    ///
    /// IPv4: everything but the IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast, and the one public address
    /// that reaches a cloud host's own agent. IPv6: only global unicast (2000::/3, RFC 4291) without the special-purpose
    /// blocks in it, so that loopback, link-local, unique local, IPv4-mapped, NAT64 (64:ff9b::/96, 64:ff9b:1::/48) and
    /// multicast are all outside, and so are 6to4 and Teredo, which carry an IPv4 address of anyone's choice.
    var isPublic: Bool {
        switch value {
        case .v4(let bits):
            !Self.specialV4.contains { bits >> (32 - $0.length) == $0.prefix >> (32 - $0.length) }
        case .v6(let high, _):
            high >> 61 == 0b001 && !Self.specialV6.contains { high >> (64 - $0.length) == $0.prefix >> (64 - $0.length) }
        }
    }

    private static let specialV4: [(prefix: UInt32, length: UInt32)] = [
        (0x0000_0000, 8),  // "this network"
        (0x0A00_0000, 8),  // private
        (0x6440_0000, 10),  // carrier-grade NAT, RFC 6598; also a cloud's metadata service (100.100.100.200)
        (0x7F00_0000, 8),  // loopback
        (0xA9FE_0000, 16),  // link-local; metadata services (169.254.169.254)
        (0xA83F_8110, 32),  // 168.63.129.16, a cloud's host agent
        (0xAC10_0000, 12),  // private
        (0xC000_0000, 24),  // IETF protocol assignments
        (0xC000_0200, 24),  // documentation
        (0xC058_6300, 24),  // 6to4 relay anycast, deprecated by RFC 7526
        (0xC0A8_0000, 16),  // private
        (0xC612_0000, 15),  // benchmarking
        (0xC633_6400, 24),  // documentation
        (0xCB00_7100, 24),  // documentation
        (0xE000_0000, 4),  // multicast
        (0xF000_0000, 4),  // reserved and broadcast
    ]

    private static let specialV6: [(prefix: UInt64, length: UInt64)] = [
        (0x2001_0000_0000_0000, 23),  // IETF protocol assignments, Teredo among them
        (0x2001_0DB8_0000_0000, 32),  // documentation
        (0x2002_0000_0000_0000, 16),  // 6to4
        (0x3FFF_0000_0000_0000, 20),  // documentation, RFC 9637
    ]
}
