/// What a role permits.
package struct PermissionSet: Sendable, Equatable {
  /// Whether everything is permitted.
  package var isAdministrator: Bool
  /// The levels of each area, as they were given: `"email:emails": ["viewown", "viewother"]`. What the catalogue does
  /// not know permits nothing.
  package var grants: [String: [String]]

  /// A set of grants; none by default.
  package init(isAdministrator: Bool = false, grants: [String: [String]] = [:]) {
    self.isAdministrator = isAdministrator
    self.grants = grants
  }

  /// Everything.
  package static let administrator = PermissionSet(isAdministrator: true)

  /// Whether a permission is among them. `full` includes every level of its area, and a level for others' records that
  /// for one's own.
  package func allows(_ permission: Permission) -> Bool {
    if isAdministrator { return true }
    let granted = levels(of: permission.area)
    if granted.contains(.full) || granted.contains(permission.level) { return true }
    return switch permission.level {
    case .viewown: granted.contains(.viewother)
    case .editown: granted.contains(.editother)
    case .deleteown: granted.contains(.deleteother)
    case .publishown: granted.contains(.publishother)
    default: false
    }
  }

  /// The records of an area to which an action extends.
  package func access(_ area: PermissionArea, _ action: PermissionAction) -> Access {
    if isAdministrator { return .all }
    let granted = levels(of: area)
    if granted.contains(.full) { return .all }
    let (plain, own, other): (PermissionLevel, PermissionLevel?, PermissionLevel?) =
      switch action {
      case .view: (.view, .viewown, .viewother)
      case .edit: (.edit, .editown, .editother)
      case .delete: (.delete, .deleteown, .deleteother)
      case .publish: (.publish, .publishown, .publishother)
      case .create: (.create, nil, nil)
      case .enable: (.enable, nil, nil)
      case .full: (.full, nil, nil)
      }
    if granted.contains(plain) { return .all }
    if let other, granted.contains(other) { return .all }
    if let own, granted.contains(own) { return .own }
    return .none
  }

  /// Whether these permissions include all others: nobody gives what he has not.
  package func covers(_ others: PermissionSet) -> Bool {
    if isAdministrator { return true }
    if others.isAdministrator { return false }
    return PermissionArea.all.allSatisfy { area in
      let given = others.levels(of: area)
      return given.isEmpty || levels(of: area).contains(.full)
        || area.levels.allSatisfy { level in
          let permission = Permission(area: area, level: level)
          return !others.allows(permission) || allows(permission)
        }
    }
  }

  private func levels(of area: PermissionArea) -> Set<PermissionLevel> {
    Set((grants[area.description] ?? []).compactMap(PermissionLevel.init(rawValue:)))
      .intersection(area.levels)
  }

  /// Checks that the catalogue knows every grant.
  ///
  /// - Throws: ``PermissionError`` for the first one it does not know, by name of the area.
  package func check() throws(PermissionError) {
    for (area, levels) in grants.sorted(by: { $0.key < $1.key }) {
      guard PermissionArea(named: area) != nil else { throw .unknownArea(area) }
      for level in levels { _ = try Permission(area: area, level: level) }
    }
  }
}
