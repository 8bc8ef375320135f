"""The menu in the reference simulator: where a contact's chosen entry leads. Nobody is handed on there."""

from types import SimpleNamespace

from reference_staff import Staff

from twin.kernel.codes import Purpose


class Menus(Staff):
    """Needs to know the kinds of contact (`kinds`) by intent and cluster."""

    def entry(self, intent):
        return self.scenario.intents[intent].group or intent

    def order(self, tree):
        """Entries in the order in which they are read out."""
        named = (tree.order if tree is not None else []) or self.scenario.menu.order
        return list(dict.fromkeys([*named, *map(self.entry, self.scenario.intents)]))

    def tree_of(self, cluster):
        """The last tree that fits; None for the menu of all."""
        fitting = [tree for tree in self.scenario.menu.trees if tree.clusters is None or cluster in tree.clusters]
        return fitting[-1] if fitting else None

    def navigate(self, contact, is_contained, time):
        """Time in the menu; the contact has the rules of where its entry leads, but takes what its matter takes."""
        menu = self.scenario.menu
        if menu is None:
            return time
        intent, cluster, _ = contact.rules.kind
        own = contact.rules = self.kinds[intent, cluster]
        is_known = self.chance(Purpose.RECOGNITION, contact, 0)[0] < menu.recognised
        tree = self.tree_of(cluster) if is_known else None
        chosen = intent if is_contained else self.choose(contact, intent, tree)
        if not is_contained:
            as_cluster = cluster if is_known else menu.unrecognised.cluster or cluster
            there = vars(self.kinds[chosen, as_cluster])
            contact.rules = SimpleNamespace(**there | {"need": own.need, "kind": own.kind})
        factor = 1.0 if tree is None else tree.navigation_factor
        return time * factor + menu.entry_time * self.order(tree).index(self.entry(chosen))

    def choose(self, contact, intent, tree):
        """The own entry, or another one by the shares of the menu."""
        menu = self.scenario.menu
        share = menu.mis_selection if tree is None or tree.mis_selection is None else tree.mis_selection
        level, which = self.chance(Purpose.MENU, contact, contact.attempt)
        if level >= share:
            return intent
        shares = (tree.shares if tree is not None else {}) or menu.shares or dict.fromkeys(self.order(tree), 1.0)
        others = [name for name in self.scenario.intents if self.entry(name) != self.entry(intent)]
        others = [name for name in others if shares.get(self.entry(name), 0.0) > 0]
        total, below, found = sum(shares[self.entry(name)] for name in others), 0.0, intent
        for name in others:
            if below <= which * total:
                found = name
                below += shares[self.entry(name)]
        return found
