// The operations of the function `teams`.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { readGrants } from '../rooms/access/facts/documents.ts'
import { addTeamMember } from '../rooms/directory/teams/add-team-member.ts'
import { createTeam } from '../rooms/directory/teams/create-team.ts'
import { deleteTeam } from '../rooms/directory/teams/delete-team.ts'
import { listTeamMembers } from '../rooms/directory/teams/list-team-members.ts'
import { getTeam, listTeams } from '../rooms/directory/teams/read-teams.ts'
import { removeTeamMember } from '../rooms/directory/teams/remove-team-member.ts'
import type { TeamDependencies } from '../rooms/directory/teams/team-dependencies.ts'
import { updateTeam } from '../rooms/directory/teams/update-team.ts'

export const operations = (app: App): readonly AnyOperation[] => {
  const teams: TeamDependencies = {
    commit: app.store.commit,
    read: app.store.read,
    drawId: app.drawId,
    loadFacts: app.loadFacts,
    stillCounts: app.guard.stillCounts,
    readGrants,
  }
  return [
    ...[createTeam, getTeam, listTeams, updateTeam, deleteTeam],
    ...[addTeamMember, removeTeamMember, listTeamMembers],
  ].map((make): AnyOperation => make(teams))
}
