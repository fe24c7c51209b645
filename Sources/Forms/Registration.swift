import Foundation
package import JobQueue
package import Transfer

extension FormJobs {
  /// Registers the handlers of all jobs of forms.
  ///
  /// - Parameters:
  ///   - registry: The registry of jobs.
  ///   - runner: Does the actions of forms.
  ///   - observers: Are told of submissions: campaigns.
  ///   - http: The client for reposts.
  ///   - allowsPrivateAddresses: Whether reposts may go to private addresses.
  package static func register(
    in registry: inout JobRegistry, runner: FormActionRunner, observers: [any FormObserver],
    http: HTTPClient = HTTPClient(concurrency: 4, perHost: 2),
    allowsPrivateAddresses: @escaping @Sendable () async throws -> Bool
  ) {
    let submissions = SubmissionHandler(runner: runner, observers: observers)
    let reposts = RepostHandler(client: http, allowsPrivateAddresses: allowsPrivateAddresses)
    registry.register(FollowSubmission.self) { try await submissions.follow($0, $1) }
    registry.register(RepostSubmission.self) { try await reposts.repost($0, $1) }
    registry.register(RemoveSubmissions.self) { job, context in
      while try await context.transaction({ transaction in
        try await SubmissionStore.remove(
          of: job.form, limit: rangeSize, on: transaction.connection)
      }) { try context.checkLease() }
      try await context.complete()
    }
  }
}
