import Primitives

extension PageTemplate {
  /// Returns the page for one visitor.
  package func filled(_ facts: PageFacts) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(size + 1_024)
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): output.append(contentsOf: bytes)
      case .script: output.append(contentsOf: facts.script.utf8)
      case .token(let token, let context): facts.write(token, context, to: &output)
      }
    }
    return output
  }
}

extension PageFacts {
  /// Writes the value of a token; nothing for an object that does not exist.
  fileprivate func write(_ token: PageToken, _ context: PageContext, to output: inout [UInt8]) {
    switch token {
    case .title: context.write(title, to: &output)
    case .metaDescription: context.write(metaDescription, to: &output)
    case .page(let id): context.ofOurs.write(pages[id] ?? "", to: &output)
    case .asset(let id): context.ofOurs.write(assets[id] ?? "", to: &output)
    case .form(let id):
      // Markup has its place between tags alone.
      if context == .text { output.append(contentsOf: (forms[id] ?? "").utf8) }
    case .slot(let slot):
      if context == .text { output.append(contentsOf: (slots[slot.rawValue] ?? "").utf8) }
    case .field(let alias, let fallback, let isForAddress):
      guard let value = fields[alias], !value.isEmpty else {
        // The author's own words stay as they were written.
        output.append(contentsOf: fallback.utf8)
        return
      }
      let bounded = Self.bounded(value)
      let isEncoded = isForAddress && [.text, .attribute].contains(context)
      (isEncoded ? PageContext.linkPart : context).write(bounded, to: &output)
    }
  }

  /// The beginning of a value.
  private static func bounded(_ value: String) -> String {
    guard value.utf8.count > PageLimits.valueBytes else { return value }
    return String(decoding: value.utf8.prefix(PageLimits.valueBytes), as: UTF8.self)
  }
}

extension PageContext {
  /// The context for an address of this installation.
  fileprivate var ofOurs: PageContext { self == .source ? .link : self }
}
