/// What a stranger's document may be at most.
package struct XMLLimits: Sendable, Hashable {
    /// Bytes of UTF-8.
    package var size: Int
    /// Elements within each other.
    package var depth: Int
    /// Attributes of one element.
    package var attributes: Int

    /// Seconds that all `break` elements may last together.
    package var pauses: Double

    /// - Parameters: as the properties.
    package init(size: Int = 4 << 20, depth: Int = 32, attributes: Int = 32, pauses: Double = 3600) {
        (self.size, self.depth, self.attributes, self.pauses) = (size, depth, attributes, pauses)
    }
}
