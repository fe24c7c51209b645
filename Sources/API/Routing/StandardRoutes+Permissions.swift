import Foundation
import Users

/// What users need for the ten endpoints, and what they may publish.
extension StandardRoutes {
  /// What a user needs for an action on a list, or on the one record that the path names.
  func needs(_ action: PermissionAction, ofOne: Bool = false) -> Requirement {
    let action = permission(for: action)
    if let record = resource.record {
      return ofOne ? .on(record, action) : .on(record.area, action)
    }
    return .needs([.init(areas: resource.areas, action: action, least: .all)])
  }

  /// Refuses an action on a record of a batch.
  func require(_ action: PermissionAction, _ id: Int64, _ request: APIRequest) async throws {
    guard let record = resource.record else { return }
    try await request.require(record, permission(for: action), id)
  }

  private func permission(for action: PermissionAction) -> PermissionAction {
    action == .view ? action : resource.changing ?? action
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Resource.Entity, isNew: Bool) {
    try await resource.create(try unpublished(body, request), request)
  }

  /// Creates what a PUT found missing, which takes the permission to create.
  func createMissing(_ body: JSONValue, _ request: APIRequest) async throws -> Resource.Entity {
    _ = try needs(.create).access(of: try request.requiredUser)
    return try await resource.createMissing(try unpublished(body, request), request)
  }

  /// Changes a record. Whether and when it is published changes only with the permission to publish it.
  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Resource.Entity? {
    var body = body
    if try await !mayPublish(id, request), let entity = try await resource.find(id, request) {
      body = try keepingPublication(of: entity, in: body, replacing: replacing, request)
    }
    return try await resource.update(id, body, replacing: replacing, request)
  }

  // MARK: Publishing

  /// The areas that know a permission to publish.
  private var publishing: [PermissionArea] {
    resource.publishes
      ? resource.areas.filter { area in
        area.levels.contains(.publish) || area.levels.contains(.publishown)
      } : []
  }

  private func mayPublish(_ id: Int64, _ request: APIRequest) async throws -> Bool {
    guard !publishing.isEmpty else { return true }
    if let record = resource.record {
      return try await request.permitted([id], record, .publish).contains(id)
    }
    return publishing.contains { request.rights.access($0, .publish) == .all }
  }

  /// What is to be created by somebody who may not publish it: it is not published, and is refused where it is to be.
  private func unpublished(
    _ body: JSONValue, _ request: APIRequest
  ) throws(APIError) -> JSONValue {
    guard !publishing.isEmpty,
      publishing.allSatisfy({ request.rights.access($0, .publish) == .none }),
      case .object(var object) = body
    else { return body }
    if body["isPublished"]?.truth == true { throw .forbidden }
    object["isPublished"] = .bool(false)
    return .object(object)
  }

  /// A body that changes nothing of whether and when a record is published; refused where it is to change that.
  private func keepingPublication(
    of entity: Resource.Entity, in body: JSONValue, replacing: Bool, _ request: APIRequest
  ) throws -> JSONValue {
    guard case .object(var object) = body else { return body }
    var writer = JSONWriter(capacity: 4096)
    resource.writer(request, .whole)(entity, &writer)
    let current = try JSONParser.parse(writer.bytes)
    for member in ["isPublished", "publishUp", "publishDown"] {
      guard let before = current[member] else { continue }
      if let given = object[member], given != .null {
        guard Self.isSame(given, before) else { throw APIError.forbidden }
      } else if replacing || object[member] != nil {
        object[member] = before
      }
    }
    return .object(object)
  }

  private static func isSame(_ given: JSONValue, _ before: JSONValue) -> Bool {
    if case .bool(let before) = before { return given.truth == before }
    guard let text = given.text, !text.isEmpty else { return before == .null }
    return WireDate.parse(text.trimmingBlanks) == before.text.flatMap { WireDate.parse($0) }
  }
}
