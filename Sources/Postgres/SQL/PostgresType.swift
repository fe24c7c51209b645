/// A type of PostgreSQL by its object id, with the id of its array type.
public struct PostgresType: Sendable, Hashable {
  /// The type's object id in `pg_type`.
  public let oid: UInt32
  /// The object id of the array of this type; 0 without one.
  public let arrayOID: UInt32

  /// A type that is not listed here, for instance an extension's.
  public init(oid: UInt32, arrayOID: UInt32 = 0) {
    self.oid = oid
    self.arrayOID = arrayOID
  }

  /// Types are the same when their object ids are: what came from the server knows no array type.
  public static func == (left: PostgresType, right: PostgresType) -> Bool { left.oid == right.oid }

  /// Hashes the object id.
  public func hash(into hasher: inout Hasher) { hasher.combine(oid) }

  /// `boolean`
  public static let bool = PostgresType(oid: 16, arrayOID: 1000)
  /// `bytea`
  public static let bytea = PostgresType(oid: 17, arrayOID: 1001)
  /// `"char"`
  public static let char = PostgresType(oid: 18, arrayOID: 1002)
  /// `name`
  public static let name = PostgresType(oid: 19, arrayOID: 1003)
  /// `bigint`
  public static let int8 = PostgresType(oid: 20, arrayOID: 1016)
  /// `smallint`
  public static let int2 = PostgresType(oid: 21, arrayOID: 1005)
  /// `integer`
  public static let int4 = PostgresType(oid: 23, arrayOID: 1007)
  /// `text`
  public static let text = PostgresType(oid: 25, arrayOID: 1009)
  /// `oid`
  public static let oid = PostgresType(oid: 26, arrayOID: 1028)
  /// `xid`
  public static let xid = PostgresType(oid: 28, arrayOID: 1011)
  /// `json`
  public static let json = PostgresType(oid: 114, arrayOID: 199)
  /// `real`
  public static let float4 = PostgresType(oid: 700, arrayOID: 1021)
  /// `double precision`
  public static let float8 = PostgresType(oid: 701, arrayOID: 1022)
  /// `character(n)`
  public static let bpchar = PostgresType(oid: 1042, arrayOID: 1014)
  /// `character varying`
  public static let varchar = PostgresType(oid: 1043, arrayOID: 1015)
  /// `date`
  public static let date = PostgresType(oid: 1082, arrayOID: 1182)
  /// `time without time zone`
  public static let time = PostgresType(oid: 1083, arrayOID: 1183)
  /// `timestamp without time zone`
  public static let timestamp = PostgresType(oid: 1114, arrayOID: 1115)
  /// `timestamp with time zone`
  public static let timestamptz = PostgresType(oid: 1184, arrayOID: 1185)
  /// `numeric`
  public static let numeric = PostgresType(oid: 1700, arrayOID: 1231)
  /// `void`, the result of procedures such as `pg_advisory_lock`
  public static let void = PostgresType(oid: 2278)
  /// `uuid`
  public static let uuid = PostgresType(oid: 2950, arrayOID: 2951)
  /// `jsonb`
  public static let jsonb = PostgresType(oid: 3802, arrayOID: 3807)
}
