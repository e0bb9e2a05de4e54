package import Primitives

/// What a running operation tells of itself.
package struct JobReport: Sendable {
    /// From 0 to 1.
    package let fraction: Double
    /// What is being done, in a word or two.
    package let stage: String?
    /// A piece of the result, just found.
    package let partial: JSONValue?

    package init(fraction: Double, stage: String? = nil, partial: JSONValue? = nil) {
        (self.fraction, self.stage, self.partial) = (min(1, max(0, fraction)), stage, partial)
    }
}
