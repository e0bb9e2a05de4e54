package import Primitives

/// What of a chat request has tokens, whichever door it came through.
package struct ChatShape: Sendable {
    /// One message, or the system prompt.
    package struct Message: Sendable {
        package var role: String
        package var name: String?
        package var text: String
        package var images: [Image]
        /// The tools that an assistant's message calls.
        package var toolCalls: [ToolCall]

        package init(role: String, name: String? = nil, text: String, images: [Image] = [], toolCalls: [ToolCall] = []) {
            self.role = role
            self.name = name
            self.text = text
            self.images = images
            self.toolCalls = toolCalls
        }
    }

    /// The size of an image.
    package struct Image: Sendable {
        /// In pixels. What is not known is counted as 1024 by 1024.
        package var width: Int
        package var height: Int
        /// OpenAI's `detail: low`.
        package var isLowDetail: Bool

        package init(width: Int = 1024, height: Int = 1024, isLowDetail: Bool = false) {
            self.width = max(width, 1)
            self.height = max(height, 1)
            self.isLowDetail = isLowDetail
        }
    }

    /// A call of a tool: its name and its arguments as JSON text.
    package struct ToolCall: Sendable {
        package var name: String
        package var arguments: String

        package init(name: String, arguments: String) {
            self.name = name
            self.arguments = arguments
        }
    }

    /// A tool that the model may call.
    package struct Tool: Sendable {
        package var name: String
        package var description: String?
        /// JSON Schema of the arguments.
        package var schema: JSONValue

        package init(name: String, description: String? = nil, schema: JSONValue) {
            self.name = name
            self.description = description
            self.schema = schema
        }
    }

    package var messages: [Message]
    package var tools: [Tool]
    /// Whether the model must call a tool (`tool_choice: any`, `required` or a name).
    package var mustCallTool: Bool

    package init(messages: [Message], tools: [Tool] = [], mustCallTool: Bool = false) {
        self.messages = messages
        self.tools = tools
        self.mustCallTool = mustCallTool
    }
}
