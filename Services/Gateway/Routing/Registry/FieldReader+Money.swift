import YAML

extension FieldReader {
    /// Dollars of a field; `nil` when it is missing or wrong, which is noted.
    func money(_ key: String) -> Money? {
        guard let node = node(key) else { return nil }
        if case .scalar(let text, quoted: false) = node.content, let money = Money(decimal: text) { return money }
        problem("\(key) must be dollars as a plain decimal such as 0.075, at most nine digits after the point", at: key)
        return nil
    }
}
