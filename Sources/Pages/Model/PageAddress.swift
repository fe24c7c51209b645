import Primitives

/// The address of a page within the site: `alias`, `id:alias`, and either behind the language, the alias of the
/// category, or both.
package struct PageAddress: Sendable, Equatable {
  /// What names the page.
  enum Name: Sendable, Equatable {
    case alias(String)
    case id(Int64)
  }

  let name: Name
  /// What stands before it, in lower case.
  let qualifiers: [String]

  /// The address of the page with an id.
  init(id: Int64) {
    name = .id(id)
    qualifiers = []
  }

  /// Reads the parts of a path; nil for what cannot be the address of a page.
  package init?(_ parts: [String]) {
    guard let last = parts.last?.lowercased(), parts.count <= 3,
      parts.allSatisfy({ $0.utf8.count <= 200 })
    else { return nil }
    qualifiers = parts.dropLast().map { $0.lowercased() }
    guard qualifiers.allSatisfy(Self.isWord) else { return nil }
    guard let colon = last.firstIndex(of: ":") else {
      guard Self.isWord(last) else { return nil }
      name = .alias(last)
      return
    }
    guard let id = Int64(last[..<colon]), id > 0 else { return nil }
    name = .id(id)
  }

  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
          || byte == 0x5F
      }
  }

  /// Whether the page of this name is meant.
  func names(_ page: PageOutline) -> Bool {
    switch name {
    case .alias(let alias): page.alias == alias
    case .id(let id): page.id == id
    }
  }
}
