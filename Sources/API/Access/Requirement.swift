package import Users

/// What a route asks of the user who calls it. Every route declares it; it is checked before the handler is called, and
/// nowhere else but for records that only the body names (``APIRequest/require(_:_:_:)``).
package enum Requirement: Sendable {
  /// One permission.
  package struct Need: Sendable {
    /// The areas of which one must permit the action.
    var areas: [PermissionArea]
    var action: PermissionAction
    /// The least access; `own` where the handler, or the check of a record, heeds what is not one's own.
    var least = Access.own
    /// The record that the action is about, and the parameter of the path that names it; nil for lists, creation and
    /// kinds of work.
    var record: (kind: OwnedRecord, parameter: String)?
  }

  /// Nothing, not even a login: what web sites and their visitors call.
  case anyone
  /// A login.
  case anyUser
  /// The role of an administrator.
  case administrator
  /// All of these.
  case needs([Need])

  /// A permission for a list, for creating or for a kind of work; the request's ``APIRequest/access`` tells whose records.
  package static func on(_ area: PermissionArea, _ action: PermissionAction) -> Requirement {
    .needs([Need(areas: [area], action: action)])
  }

  /// A permission for others' records, where records are not told apart.
  package static func onAll(_ area: PermissionArea, _ action: PermissionAction) -> Requirement {
    .needs([Need(areas: [area], action: action, least: .all)])
  }

  /// A permission for a record that the path names.
  static func on(
    _ record: OwnedRecord, _ action: PermissionAction, _ parameter: String = "id"
  ) -> Requirement {
    .needs([Need(areas: [record.area], action: action, record: (record, parameter))])
  }

  /// A permission of one of several areas.
  package static func onOne(of areas: [PermissionArea], _ action: PermissionAction) -> Requirement {
    .needs([Need(areas: areas, action: action)])
  }

  /// Both.
  package func and(_ other: Requirement) -> Requirement {
    switch (self, other) {
    case (.administrator, _), (_, .administrator): .administrator
    case (.needs(let first), .needs(let second)): .needs(first + second)
    case (.needs, _): self
    default: other
    }
  }

  /// Whether no login is needed.
  var isPublic: Bool { if case .anyone = self { true } else { false } }

  /// The access of a user to what the request is about: that of the first need without a record of its own, else all.
  ///
  /// - Throws: `APIError` 403 where a permission is missing.
  func access(of user: Principal) throws(APIError) -> Access {
    switch self {
    case .anyone, .anyUser: return .all
    case .administrator:
      guard user.isAdministrator else { throw .forbidden }
      return .all
    case .needs(let needs):
      var result: Access?
      for need in needs {
        let access = need.areas.map { user.rights.access($0, need.action) }.max() ?? .none
        guard access >= need.least else { throw .forbidden }
        if need.record == nil, result == nil { result = access }
      }
      return result ?? .all
    }
  }

  /// Whether a user has what it asks, at least for the own records.
  package func isMet(by user: Principal) -> Bool {
    do {
      return try access(of: user) > .none
    } catch {
      return false
    }
  }

  /// The needs that are about a record of the path.
  var records: [(kind: OwnedRecord, action: PermissionAction, parameter: String)] {
    guard case .needs(let needs) = self else { return [] }
    return needs.compactMap { need in
      need.record.map { ($0.kind, need.action, $0.parameter) }
    }
  }
}
