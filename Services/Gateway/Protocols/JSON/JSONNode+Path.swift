import Primitives

extension JSONNode {
    /// Where the value lies, as people write it: `messages[3].content[0].text`; empty at the top. Found by walking down from the
    /// top, so that nothing is paid for it until an error needs it.
    package var path: String {
        var path = ""
        var node = tape.root
        while node.index != index {
            guard let step = node.step(towards: index) else { break }
            switch step.name {
            case .field(let name): path += path.isEmpty ? name : "." + name
            case .element(let position): path += "[\(position)]"
            }
            node = step.node
        }
        return path
    }

    private enum StepName {
        case field(String), element(Int)
    }

    private func step(towards target: Int) -> (name: StepName, node: JSONNode)? {
        var found: (StepName, JSONNode)?
        members { name, value in
            if value.contains(target) { found = (.field(name), value) }
        }
        for (position, element) in elements.enumerated() where element.contains(target) { found = (.element(position), element) }
        return found
    }

    private func contains(_ target: Int) -> Bool { target >= index && target < Int(token.next) }
}
