package import Contacts

/// What an operator has set about fields and companies, asked anew for each change.
package struct RecordSettings: Sendable {
  /// How companies are found and how many a contact may have.
  package var companies: @Sendable () async throws -> CompanyRules = { CompanyRules() }
  /// Whether new fields wait for a job (CON-27).
  package var createsFieldsInBackground: @Sendable () async throws -> Bool = { false }

  /// The settings of a new system.
  package init() {}
}

extension APIServices {
  /// The same with what an operator has set about fields and companies.
  package func with(_ records: RecordSettings) -> APIServices {
    var services = self
    services.records = records
    return services
  }

  /// Fields, companies, tags, stages and categories.
  func recordRoutes(pageCap: Int) -> [Route] {
    let clock = jobs.clock
    let creator = FieldCreator(
      jobs: jobs, fields: fields, isInBackground: records.createsFieldsInBackground)
    let companies = CompanyStore(pool: postgres, fields: fields, rules: records.companies)
    var routes = FieldObject.allCases.flatMap {
      FieldResource(object: $0, fields: fields, creator: creator, clock: clock, pageCap: pageCap)
        .routes
    }
    routes +=
      CompanyResource(companies: companies, fields: fields, clock: clock, pageCap: pageCap).routes
    routes += CompanyMemberRoutes(companies: companies, clock: clock).routes
    routes += TagResource(tags: TagStore(pool: postgres), clock: clock, pageCap: pageCap).routes
    routes +=
      StageResource(stages: StageStore(pool: postgres), clock: clock, pageCap: pageCap).routes
    routes += StageStatisticsRoutes(stages: StageStore(pool: postgres), clock: clock).routes
    routes +=
      CategoryResource(categories: CategoryStore(pool: postgres), clock: clock, pageCap: pageCap)
      .routes
    return routes
  }
}
