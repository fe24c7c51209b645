package import Users

/// What a token may do of what its user may.
package enum TokenScope: Sendable, Equatable {
  /// Everything.
  case everything
  /// To look at it.
  case readOnly
  /// These permissions.
  case permissions([Permission])

  /// The word for ``readOnly``.
  package static let readOnlyWord = "read"
  /// The maximum number of permissions.
  package static let maximumPermissions = 500

  /// The scope of a list of permissions, or of the word `read` alone.
  ///
  /// - Throws: ``UserError/invalid(member:rule:)`` for a text that is neither, and for too many.
  package init(_ words: [String]?) throws(UserError) {
    guard let words else {
      self = .everything
      return
    }
    if words == [Self.readOnlyWord] {
      self = .readOnly
      return
    }
    guard !words.isEmpty, words.count <= Self.maximumPermissions else {
      throw .invalid(
        member: "scope",
        rule: "has \(words.count) permissions; 1 to \(Self.maximumPermissions), or read alone")
    }
    var permissions: [Permission] = []
    for word in words {
      do {
        permissions.append(try Permission(word))
      } catch {
        throw .invalid(member: "scope", rule: "\(error)")
      }
    }
    self = .permissions(permissions)
  }

  /// The scope as a list of words; nil for everything.
  package var words: [String]? {
    switch self {
    case .everything: nil
    case .readOnly: [Self.readOnlyWord]
    case .permissions(let permissions): permissions.map(\.description)
    }
  }

  /// What of a user's rights is left.
  package func narrowed(_ rights: PermissionSet) -> PermissionSet {
    switch self {
    case .everything: rights
    case .readOnly: rights.narrowed(to: .reading)
    case .permissions(let permissions): rights.narrowed(to: PermissionSet(permissions))
    }
  }
}
