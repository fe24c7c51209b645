/// The advisory locks of the database, in the order in which a transaction that needs several takes them.
///
/// Each is held until the transaction ends, the first two until their session does. No transaction waits for a row
/// while it holds a lock that is documented as taken after a row.
package enum AdvisoryLock: Sendable {
  /// Applying migrations. Of the session.
  case migrations
  /// Building and dropping the indexes of fields. Of the session.
  case fieldIndexes

  /// Recording the deaths of jobs, by the prefix of their queue's keys. Only tried, never waited for.
  case jobDeaths(queue: String)
  /// Sealing the audit log, and dropping what it need not keep. Only tried, never waited for.
  case auditSeals
  /// Changing the definitions of fields.
  case fields
  /// Editing segments.
  case segmentEditors
  /// Comparing the members of a campaign with its sources, by its id.
  case campaignMembers(Int64)
  /// Finding or making the visitor of a browser, by the id of its device.
  case visitor(String)
  /// Names of companies, stages and tags: shared for writing references to them, exclusive for renaming or deleting
  /// them.
  case namesInUse
  /// Identifiers of contacts: shared for locking single ones, exclusive for writing many at once.
  case identities
  /// One identifier of a contact, as "alias:key"; several of them in their order.
  case identity(String)
  /// A bucket of contacts, by an expression for its number; several of them in their order. `lock_contact_buckets`
  /// and `lock_contact_range` in the database take the same. Before the rows of contacts.
  case contactBucket(SQL)
  /// Changing several segments at once. Before their rows.
  case segments

  /// Picking names of new companies.
  case companyNames
  /// Picking weights and names of stages.
  case stages
  /// Making tags. After the contact's row.
  case tags
  /// Picking aliases of categories.
  case categories
  /// Counting imports under way. After the import's row.
  case importStarts
  /// Picking names of exported files.
  case exportNames
  /// Correcting the counters of a campaign, by its id.
  case campaignStatistics(Int64)
  /// Correcting the counters of an e-mail, by its id.
  case emailCounters(Int64)

  /// The arguments of PostgreSQL's lock functions. Processes of different versions run side by side: a key that
  /// changes is a lock that does not hold.
  package var key: SQL {
    switch self {
    case .migrations: "\(0x6D61_7274_6C65_74 as Int64)"
    case .fieldIndexes: "hashtextextended('martlet.indexes', 0)"
    case .jobDeaths(let queue): "hashtextextended(\(queue + "poison"), 0)"
    case .auditSeals: "hashtextextended('martlet.audit', 0)"
    case .fields: "hashtextextended('martlet.fields', 0)"
    case .segmentEditors: "hashtextextended('martlet.segments', 0)"
    case .campaignMembers(let id): "hashtextextended('martlet.campaign', \(id))"
    case .visitor(let id): "hashtextextended(\("martlet.visitor:" + id)::text, 0)"
    case .namesInUse: "hashtextextended('martlet.names-in-use', 0)"
    case .identities: "hashtextextended('martlet.identity', 0)"
    case .identity(let name): "hashtextextended(\("martlet.identity:" + name)::text, 0)"
    case .contactBucket(let bucket): "1296126035, \(sql: bucket)"
    case .segments: "hashtextextended('martlet.segment-turn', 0)"
    case .companyNames: "hashtextextended('martlet.companies', 0)"
    case .stages: "hashtextextended('martlet.stages', 0)"
    case .tags: "hashtextextended('martlet.tags', 0)"
    case .categories: "hashtextextended('martlet.categories', 0)"
    case .importStarts: "hashtext('martlet.imports.start')"
    case .exportNames: "hashtext('martlet.exports.names')"
    case .campaignStatistics(let id): "hashtextextended('martlet.campaign.statistics', \(id))"
    case .emailCounters(let id): "hashtextextended('martlet.mail.counters', \(id))"
    }
  }

  /// The call that waits for the lock and holds it until the transaction ends.
  package var acquire: SQL { "pg_advisory_xact_lock(\(sql: key))" }
  /// The call that waits for the lock in shared mode and holds it until the transaction ends.
  package var acquireShared: SQL { "pg_advisory_xact_lock_shared(\(sql: key))" }
}

extension PostgresConnection {
  /// Waits for a lock and holds it until the transaction ends.
  package func lock(_ lock: AdvisoryLock) async throws(PostgresError) {
    try await query("SELECT \(sql: lock.acquire)")
  }

  /// Waits for a lock in shared mode and holds it until the transaction ends.
  package func lockShared(_ lock: AdvisoryLock) async throws(PostgresError) {
    try await query("SELECT \(sql: lock.acquireShared)")
  }

  /// Takes a lock until the transaction ends, if it is free.
  ///
  /// - Returns: Whether it was.
  package func tryLock(_ lock: AdvisoryLock) async throws(PostgresError) -> Bool {
    try await query("SELECT pg_try_advisory_xact_lock(\(sql: lock.key))")[0].decode(at: 0)
  }

  /// Takes a lock until the session ends, if it is free.
  ///
  /// - Returns: Whether it was.
  package func tryLockForSession(_ lock: AdvisoryLock) async throws(PostgresError) -> Bool {
    try await query("SELECT pg_try_advisory_lock(\(sql: lock.key))")[0].decode(at: 0)
  }

  /// Releases a lock of the session.
  package func unlockForSession(_ lock: AdvisoryLock) async throws(PostgresError) {
    try await query("SELECT pg_advisory_unlock(\(sql: lock.key))")
  }
}
