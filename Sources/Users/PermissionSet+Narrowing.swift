extension PermissionSet {
  /// To look at everything and to change nothing.
  package static let reading = PermissionSet(
    grants: Dictionary(
      uniqueKeysWithValues: PermissionArea.all.compactMap { area in
        let levels = area.levels.filter { [.view, .viewown, .viewother].contains($0) }
        return levels.isEmpty ? nil : (area.description, levels.map(\.rawValue))
      }))

  /// Permissions given one by one.
  package init(_ permissions: some Sequence<Permission>) {
    self.init()
    for permission in permissions {
      grants[permission.area.description, default: []].append(permission.level.rawValue)
    }
  }

  /// What both sets permit.
  package func narrowed(to others: PermissionSet) -> PermissionSet {
    if isAdministrator { return others }
    if others.isAdministrator { return self }
    var both = PermissionSet()
    for area in PermissionArea.all {
      let levels = area.levels.filter { level in
        let permission = Permission(area: area, level: level)
        return allows(permission) && others.allows(permission)
      }
      if !levels.isEmpty { both.grants[area.description] = levels.map(\.rawValue) }
    }
    return both
  }
}
