/// What users may do with a kind of record: `view` of "lead:leads:viewown".
package enum PermissionAction: String, Sendable, CaseIterable {
  case view, edit, create, delete, publish
  /// Of areas that are one right: exports.
  case enable
  /// Everything.
  case full
}

/// The level of a permission, as the contract writes it (api.md 9).
package enum PermissionLevel: String, Sendable, CaseIterable {
  case viewown, viewother, editown, editother, create, deleteown, deleteother
  case publishown, publishother
  case view, edit, delete, publish, enable, full
}

/// A kind of record or work that permissions are about: `lead:leads`.
package struct PermissionArea: Sendable, Hashable, CustomStringConvertible {
  /// The bundle and the name, joined by a colon.
  package let description: String

  init(_ name: String) { description = name }

  /// The area of a name such as `lead:leads`; nil where the catalogue has none.
  package init?(named name: String) {
    self.init(name)
    guard Self.catalogue[self] != nil else { return nil }
  }

  /// The part before the colon.
  package var bundle: String { String(description.prefix { $0 != ":" }) }

  /// The levels that the area knows, in the order of the contract.
  package var levels: [PermissionLevel] { Self.catalogue[self] ?? [] }
}

/// A permission: `bundle:name:level` (api.md 9).
package struct Permission: Sendable, Hashable, CustomStringConvertible {
  /// The kind of record or work.
  package let area: PermissionArea
  /// The level.
  package let level: PermissionLevel

  init(area: PermissionArea, level: PermissionLevel) {
    self.area = area
    self.level = level
  }

  /// Reads "lead:leads:viewown".
  ///
  /// - Throws: ``PermissionError`` that names the text and what is known instead.
  package init(_ text: String) throws(PermissionError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .malformed(text) }
    let area = "\(parts[0]):\(parts[1])"
    try self.init(area: area, level: String(parts[2]))
  }

  /// Reads "lead:leads" and "viewown".
  ///
  /// - Throws: ``PermissionError`` that names the text and what is known instead.
  package init(area name: String, level: String) throws(PermissionError) {
    guard let area = PermissionArea(named: name) else { throw .unknownArea(name) }
    guard let known = PermissionLevel(rawValue: level), area.levels.contains(known) else {
      throw .unknownLevel(level, area)
    }
    self.area = area
    self.level = known
  }

  /// `lead:leads:viewown`
  package var description: String { "\(area):\(level.rawValue)" }
}

/// The error of a text that is no permission.
package enum PermissionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Not three words joined by colons.
  case malformed(String)
  /// No such bundle or name.
  case unknownArea(String)
  /// The area knows no such level.
  case unknownLevel(String, PermissionArea)

  /// The error in words.
  package var description: String {
    switch self {
    case .malformed(let text):
      "\"\(text.prefix(100))\" is no permission: it has the form bundle:name:level"
    case .unknownArea(let name): "there is no permission \"\(name.prefix(100))\""
    case .unknownLevel(let level, let area):
      "\(area) has no level \"\(level.prefix(100))\"; it has "
        + area.levels.map(\.rawValue).joined(separator: ", ")
    }
  }
}

/// The records to which an action extends: those of a list that are shown, or one that may be changed.
package enum Access: Sendable, Hashable, Comparable {
  /// None.
  case none
  /// The user's own: contacts and companies by their owner, all others by who created them.
  case own
  /// All.
  case all
}
