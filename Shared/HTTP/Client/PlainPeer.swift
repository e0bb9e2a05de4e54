/// A server that plain transfers go to, and its connections that wait for the next.
final class PlainPeer {
    let address: IPAddress
    let addressText: String
    var idle: [PlainConnection] = []
    var busy = 0

    init(_ address: IPAddress) {
        (self.address, addressText) = (address, address.description)
    }
}
