"""Addresses of the payment room."""

from django.urls import path

from payments.views import bank, confirmations, orders, settlements

app_name = "payments"

_order = "beheer/betalingen/<str:number>/"
_settlement = "beheer/vastleggingen/<str:number>/eindafrekening/"
_account = "beheer/rekeningen/<int:pk>/"

urlpatterns = [
    path(
        "organisatie/<int:pk>/rekening/", bank.organisation_accounts, name="organisation_accounts"
    ),
    path("organisatie/rekeningen/<int:pk>/bewijs/", bank.proof, name="account_proof"),
    path("beheer/rekeningen/", bank.accounts, name="accounts"),
    path(_account, bank.account, name="account"),
    path(f"{_account}bevestigen/", bank.confirm, name="account_confirm"),
    path(f"{_account}beeindigen/", bank.end, name="account_end"),
    path("beheer/betalingen/", orders.orders, name="orders"),
    path("beheer/betalingen/nieuw/", orders.order_new, name="order_new"),
    path("beheer/betalingen/bevestigingen/", confirmations.bank_files, name="bank_files"),
    path("beheer/betalingen/bevestigingen/<int:pk>/", confirmations.bank_file, name="bank_file"),
    path(_order, orders.order, name="order"),
    path(f"{_order}ondertekenen/", orders.sign, name="order_sign"),
    path(f"{_order}intrekken/", orders.cancel, name="order_cancel"),
    path(f"{_order}bestand/<slug:kind>/", orders.export, name="order_export"),
    path(_settlement, settlements.settlement, name="settlement"),
    path(f"{_settlement}voorstellen/", settlements.propose, name="settlement_propose"),
    path(f"{_settlement}bevestigen/", settlements.confirm, name="settlement_confirm"),
    path(f"{_settlement}intrekken/", settlements.withdraw, name="settlement_withdraw"),
    path(f"{_settlement}ontvangst/", settlements.receive, name="recovery_receive"),
    path(
        "mijn/projecten/<str:reference>/terugbetaling/<int:pk>/",
        settlements.recovery,
        name="recovery",
    ),
]
