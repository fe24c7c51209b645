package import JobQueue

extension CampaignJobs {
  /// Registers the handlers of all campaign jobs.
  package static func register(in registry: inout JobRegistry, _ campaigns: CampaignService) {
    registry.register(ExecuteDue.self) { try await DueHandler(campaigns).execute($0, $1) }
    let watch = CampaignWatch(campaigns)
    registry.register(FollowSegments.self) { _, context in
      try await watch.run(CampaignWatch.all) {
        try await SegmentFollower(campaigns).follow(context)
      }
    }
    registry.register(UpdateCampaign.self) { job, context in
      try await watch.run(job.campaign) {
        try await MembershipHandlers(campaigns).update(job, context)
      }
    }
    registry.register(Reenroll.self) { job, context in
      try await watch.run(job.campaign) {
        try await MembershipHandlers(campaigns).reenroll(job, context)
      }
    }
    registry.register(ReconcileCampaigns.self) { _, context in
      try await CampaignReconciler(campaigns).reconcile(context)
    }
    registry.register(LayTimers.self) { job, context in
      try await campaigns.timers.layAll(of: job.events)
      try await context.complete()
    }
    registry.register(RemoveCampaign.self) { try await EditHandlers(campaigns).remove($0, $1) }
    registry.register(CallWebhook.self) { try await WebhookCaller(campaigns).call($0, $1) }
    registry.register(CancelEvent.self) { try await EditHandlers(campaigns).cancel($0, $1) }
    registry.register(RecomputeDeadlines.self) {
      try await EditHandlers(campaigns).recomputeDeadlines($0, $1)
    }
    registry.register(RepairStatistics.self) { try await StatisticsRepair.handle($0, $1) }
  }

  /// The periodic jobs for a scheduler.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "campaigns.look", .every(.seconds(10)), options: EnqueueOptions(uniqueKey: "look")
      ) { _ in ReconcileCampaigns() }
    ]
  }
}
