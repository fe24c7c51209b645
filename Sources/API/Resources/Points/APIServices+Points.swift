import Contacts
import Points

extension APIServices {
  /// Points: actions, triggers, groups and scores.
  func pointRoutes(pageCap: Int) -> [Route] {
    let clock = jobs.clock
    let groups = PointGroupStore(jobs: jobs)
    let triggers = PointTriggerResource(
      triggers: PointTriggerStore(jobs: jobs), clock: clock, pageCap: pageCap)
    return PointActionResource(
      actions: PointActionStore(pool: postgres), clock: clock, pageCap: pageCap
    ).routes
      + [PointActionResource.types] + triggers.routes + triggers.eventRoutes
      + PointGroupResource(groups: groups, clock: clock, pageCap: pageCap).routes
      + GroupScoreRoutes(groups: groups, contacts: contacts, clock: clock).routes
  }
}
