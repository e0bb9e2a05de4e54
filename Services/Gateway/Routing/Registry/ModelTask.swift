/// What a call is for; models are better at one than at another.
package enum ModelTask: String, Sendable, Hashable, CaseIterable {
    case chat, code, summarise, translate, caption, extract, classify, reason, write, embed
}
