/// The type of a value that middleware leaves for handlers.
package protocol RequestContextKey {
    associatedtype Value: Sendable
}

/// Values that middleware leaves for handlers, one for each key type.
package struct RequestContext: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    package init() {}

    package subscript<Key: RequestContextKey>(key: Key.Type) -> Key.Value? {
        get { values[ObjectIdentifier(key)] as? Key.Value }
        set { values[ObjectIdentifier(key)] = newValue }
    }
}
