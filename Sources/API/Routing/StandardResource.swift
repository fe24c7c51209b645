import Hummingbird
import Users

/// The form of a list (API page, section 4).
enum ListShape: Sendable, Equatable {
  case array
  /// An object keyed by id, in the order of the result. PHP writes an empty one as `[]`, of contacts
  /// and companies as `{}`.
  case keyedByID(emptyObject: Bool = false)
}

/// The ten standard endpoints of a resource (API page, section 7): a conforming type says how to read,
/// write and show one entity, and gets routes, batches, envelopes and codes. Most conform to
/// ``StandardResource``.
///
/// Errors of every function become answers by ``ErrorMapping``; in a batch, the error of an item appears at its
/// position and does not affect the others.
protocol StandardEndpoints: Sendable {
  associatedtype Entity: Sendable

  /// The path, such as `/api/tags`.
  var path: String { get }
  /// The names in envelopes: `("tag", "tags")`.
  var names: (one: String, many: String) { get }
  /// The form of lists.
  var shape: ListShape { get }
  /// Whether lists write `total` as text of digits.
  var totalIsText: Bool { get }
  /// The members that `minimal` shows; nil where it changes nothing.
  var minimalMembers: Set<String>? { get }
  /// The areas whose permissions decide, of which one is enough.
  var areas: [PermissionArea] { get }
  /// The kind of record, where the area tells one's own from others'.
  var record: OwnedRecord? { get }
  /// The action that stands for each of changing, creating and deleting; nil where each is an action of its own.
  var changing: PermissionAction? { get }
  /// Whether requests say whether a record is published.
  var publishes: Bool { get }

  /// What an entity looks like in answers.
  var entitySchema: Schema { get }
  /// A body that creates an entity, where there is a first contact, segment and role; nil: none is shown.
  var example: JSONObject? { get }
  /// The members without which none is created.
  var required: [String] { get }
  /// The columns that lists are ordered and filtered by; empty where they are not known beforehand.
  var columns: [String] { get }
  /// The members of bodies that are lists of objects with members of their own.
  var bodyLists: [String] { get }
  /// Whether bodies have members beyond those that ``readBody(_:)`` asks for by name, such as fields.
  var bodyIsOpen: Bool { get }
  /// Reads the members of a body as ``create(_:_:)`` and ``update(_:_:replacing:_:)`` do: the contract's document learns
  /// from it which there are.
  func readBody(_ body: JSONValue) throws

  /// The entities of a page in order, and the total number.
  func list(_ request: APIRequest) async throws -> (entities: [Entity], total: Int)
  /// The same, with what an answer says of the total; ``list(_:)`` by default, whose totals are exact.
  func page(_ request: APIRequest) async throws -> EntityPage<Entity>
  /// One entity, or nil.
  func find(_ id: Int64, _ request: APIRequest) async throws -> Entity?
  /// Creates an entity, or finds an existing one (`isNew` false, answered by 200).
  func create(_ body: JSONValue, _ request: APIRequest) async throws -> (
    entity: Entity, isNew: Bool
  )
  /// Changes an entity: the members given (PATCH), or all (PUT, `replacing`). Nil for an unknown id.
  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Entity?
  /// Creates the entity that a PUT found missing, under a new id; calls ``create`` by default.
  func createMissing(_ body: JSONValue, _ request: APIRequest) async throws -> Entity
  /// Deletes an entity and returns it as it was; nil if there was none.
  func delete(_ id: Int64, _ request: APIRequest) async throws -> Entity?

  /// The entity's id.
  func id(of entity: Entity) -> Int64
  /// Writes entities, each by one call, as a view shows them.
  func writer(_ request: APIRequest, _ view: EntityView) -> EntityWriter<Entity>
}

/// A resource whose entities are made as JSON values. A resource with long lists of large entities writes bytes instead
/// (``StandardEndpoints/writer(_:_:)``).
protocol StandardResource: StandardEndpoints {
  /// The entity as JSON, all of it, its `id` included.
  func json(_ entity: Entity, _ request: APIRequest) -> JSONValue
}

/// A page of a list.
struct EntityPage<Entity: Sendable>: Sendable {
  var entities: [Entity]
  var total: Int
  /// Whether the total is an estimate (CON-118).
  var isEstimated = false
}

/// Writes one entity at a time.
typealias EntityWriter<Entity> = (_ entity: Entity, _ json: inout JSONWriter) -> Void

extension StandardResource {
  func writer(_ request: APIRequest, _ view: EntityView) -> EntityWriter<Entity> {
    { entity, writer in writer.value(view.apply(to: json(entity, request))) }
  }
}

extension StandardEndpoints {
  var totalIsText: Bool { false }
  var minimalMembers: Set<String>? { nil }
  var record: OwnedRecord? { nil }
  var changing: PermissionAction? { nil }
  var publishes: Bool { true }
  var entitySchema: Schema { "id:id *" }
  var example: JSONObject? { nil }
  var required: [String] { [] }
  var columns: [String] { [] }
  var bodyLists: [String] { [] }
  var bodyIsOpen: Bool { false }
  func readBody(_ body: JSONValue) throws {}

  func page(_ request: APIRequest) async throws -> EntityPage<Entity> {
    let (entities, total) = try await list(request)
    return EntityPage(entities: entities, total: total)
  }

  func createMissing(_ body: JSONValue, _ request: APIRequest) async throws -> Entity {
    try await create(body, request).entity
  }

  /// The ten endpoints.
  var routes: [Route] { StandardRoutes(resource: self).routes }
}
