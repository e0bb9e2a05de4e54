/// An input or output of a model.
package struct ModelPort: Sendable, Hashable {
    package let name: String
    package let elementType: ElementType
    /// The extent of every axis, outermost first; -1 where it may vary.
    package let shape: [Int]
}
