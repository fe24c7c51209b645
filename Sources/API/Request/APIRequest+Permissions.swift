import Users

extension APIRequest {
  /// What the user may do; nothing without a login.
  var rights: PermissionSet { user?.rights ?? PermissionSet() }

  /// The user's id where the access to records of an area is to one's own alone; nil where it is to all.
  ///
  /// - Throws: `APIError` 403 where there is none, 401 without a login.
  func ownLimit(
    _ area: PermissionArea, _ action: PermissionAction
  ) throws(APIError) -> Int64? {
    switch rights.access(area, action) {
    case .none: throw .forbidden
    case .own: return try requiredUser.id
    case .all: return nil
    }
  }

  /// Refuses what the user may not do with a record that the body names.
  ///
  /// - Throws: `APIError` 403; the error of the database. A record that does not exist is no error.
  func require(
    _ record: OwnedRecord, _ action: PermissionAction, _ id: Int64
  ) async throws {
    guard try await permitted([id], record, action).contains(id) else { throw APIError.forbidden }
  }

  /// Which of some records the user may do something with; those that do not exist are among them.
  func permitted(
    _ ids: [Int64], _ record: OwnedRecord, _ action: PermissionAction
  ) async throws -> Set<Int64> {
    switch rights.access(record.area, action) {
    case .none: return []
    case .all: return Set(ids)
    case .own:
      guard let owners else { return [] }
      let ownership = try await owners.ownership(
        of: ids, record, by: try requiredUser.id, to: action)
      return Set(ids.filter { ownership[$0] ?? true })
    }
  }
}
